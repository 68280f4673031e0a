#pragma once
// Everything known of a connection that ended without a transaction, as plain data: its record and its log
// line are two printouts of it.

#include <cstdint>
#include <optional>
#include <string>

#include "gateway/journal/preamble.h"
#include "policy/verdict.h"

namespace gateway::journal {

struct SessionEntry : Preamble {
  std::string ended;   // as smtp::name says it
  std::string detail;  // why; octets from outside
  unsigned commands = 0;
  unsigned errors = 0;
  std::string last_command;                // its verb, "?" for an unknown one
  std::string reply;                       // the last one, as on the wire without CRLF
  std::string refused_by;                  // what refused last outside the rules, "@limit"; empty: nothing
  std::optional<policy::Verdict> verdict;  // where a rule refused in the greeting
  std::uint64_t unrecorded = 0;            // connections left out since the last record of this kind
};

}  // namespace gateway::journal
