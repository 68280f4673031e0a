#pragma once
// Where the plain lines of transactions, and of connections without one, go: the logger named "verdicts",
// which serve sets up.

#include <string_view>

namespace gateway::journal {

inline constexpr const char* kVerdictLogger = "verdicts";

// Several lines, with a line end between.  Nothing happens where there is no such logger.
void log_lines(std::string_view lines);

}  // namespace gateway::journal
