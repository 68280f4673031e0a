#pragma once
// The header section as it goes to the mailstore: ours on top, forgeries of ours gone, the rest as received.

#include <string>
#include <vector>

#include "gateway/vocabulary.h"

namespace gateway::trace {

struct TraceInfo {
  std::string received;  // whole fields with CRLF; empty: none
  std::string authentication_results;
  std::vector<std::string> added;  // "Name: value", with or without CRLF; may quote octets from outside
  std::string subject_prefix;      // UTF-8; empty: none
  std::string authserv_id;
};

// With the CRLF of its last field, without the empty line.  Foreign X-Postern-… fields are removed as well: a
// mailstore may sort by them.
std::string outgoing_header(const Message& message, const TraceInfo& trace);

// "Name: value" from a rule as a whole field: folded, and unable to begin another one.
std::string rule_field(std::string_view text);

}  // namespace gateway::trace
