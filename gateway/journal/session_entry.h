#pragma once
// Everything known of a connection that ended without a transaction: its record and its log line are two
// printouts of it.  It refers to what it was made of, as an Entry does.

#include <cstdint>
#include <string_view>

#include "gateway/journal/preamble.h"
#include "policy/verdict.h"

namespace gateway::journal {

struct SessionEntry : Preamble {
  std::string_view ended;   // as smtp::name says it
  std::string_view detail;  // why; octets from outside
  unsigned commands = 0;
  unsigned errors = 0;
  std::string_view last_command;             // its verb, "?" for an unknown one
  std::string_view reply;                    // the last one, as on the wire without CRLF
  std::string_view refused_by;               // what refused last outside the rules, "@limit"; empty: nothing
  const policy::Verdict* verdict = nullptr;  // where a rule refused in the greeting
  std::uint64_t unrecorded = 0;              // connections left out since the last record of this kind
};

}  // namespace gateway::journal
