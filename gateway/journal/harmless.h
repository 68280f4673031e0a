#pragma once
// Records as they may be shown: those of an earlier version hold some characters raw that act on a terminal.

#include <string>
#include <string_view>

namespace gateway::journal {

// The same JSON, in which DEL, C1 and the controls of direction are escaped.  Octets that are no UTF-8, which
// no record has, are shown as U+FFFD.
std::string harmless(std::string_view record);

}  // namespace gateway::journal
