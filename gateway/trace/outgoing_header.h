#pragma once
// The header section as it goes to the mailstore: ours on top, forgeries of ours gone, the rest as received.

#include <span>
#include <string>
#include <string_view>

#include "gateway/vocabulary.h"

namespace gateway::trace {

struct TraceInfo {
  std::span<const std::string> fields;  // ours: whole ones with CRLF, from the top
  std::string_view subject_prefix;      // UTF-8; empty: none
  std::string_view authserv_id;
};

// With the CRLF of its last field, without the empty line.  Foreign X-Postern-… fields are removed as well: a
// mailstore may sort by them.
std::string outgoing_header(const Message& message, const TraceInfo& trace);

// "Name: value" from a rule as a whole field: folded, and unable to begin another one.
std::string rule_field(std::string_view text);

}  // namespace gateway::trace
