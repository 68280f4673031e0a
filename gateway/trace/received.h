#pragma once
// The Received field that says how a message came in.  RFC 5321 §4.4

#include <string>

#include "gateway/smtp/client.h"
#include "gateway/vocabulary.h"

namespace gateway::trace {

struct ReceivedInfo {
  smtp::Client client;
  std::string client_name;  // forward-confirmed name of the client; empty when it has none
  std::string hostname;     // ours
  std::string id;           // of the transaction
  bool smtputf8 = false;
  std::vector<Address> recipients;  // named when there is exactly one: others are nobody's business
  Time when{};
};

// The whole field with its folds and final CRLF.
std::string received_field(const ReceivedInfo& info);

// "Wed, 25 Nov 2026 02:30:00 +0000".  RFC 5322 §3.3
std::string date_time(Time when);

}  // namespace gateway::trace
