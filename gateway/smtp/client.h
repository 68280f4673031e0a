#pragma once
// Who is at the other end of a session, as far as is known.

#include <chrono>
#include <string>

#include "gateway/vocabulary.h"

namespace gateway::smtp {

struct TlsInfo {
  std::string version;      // "TLSv1.3"; empty in clear
  std::string cipher;       // "TLS_AES_256_GCM_SHA384"
  std::string client_name;  // of a verified client certificate
};

struct Client {
  IpAddress ip;  // after PROXY and XCLIENT
  unsigned port = 0;
  IpAddress peer;        // the socket's other end, before them
  std::string listener;  // "0.0.0.0:25"
  std::string helo;      // as said; syntactically checked; empty before HELO
  bool esmtp = false;    // EHLO was said
  bool early_talker = false;
  bool trusted = false;  // in networks.trusted
  bool relay = false;    // in networks.relays
  TlsInfo tls;
  std::chrono::steady_clock::time_point connected{};  // when it came; the epoch: not known
};

}  // namespace gateway::smtp
