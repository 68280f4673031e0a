#pragma once
// The Received-SPF field: how one identity was judged, for software that reads no Authentication-Results.
// RFC 7208 §9.1

#include <string>
#include <string_view>

#include "gateway/vocabulary.h"

namespace gateway::trace {

struct ReceivedSpfInfo {
  const Evidence& evidence;  // of the method "spf"
  IpAddress client;
  std::string_view helo;           // as the client gave it
  std::string_view envelope_from;  // empty: <>
  std::string_view hostname;       // ours
  bool utf8 = false;               // the message was sent with SMTPUTF8: octets above 127 may stand
};

// The whole field with its folds and final CRLF.  Every value is quoted, and at most 320 octets of it are
// told: none can end its quotes, the comment or the field.
std::string received_spf_field(const ReceivedSpfInfo& info);

}  // namespace gateway::trace
