#pragma once
// Where the plain line of each transaction goes: the logger named "verdicts", which serve sets up.

#include "gateway/journal/entry.h"

namespace gateway::journal {

inline constexpr const char* kVerdictLogger = "verdicts";

void log_verdict(const Entry& entry);  // nothing happens where there is no such logger

}  // namespace gateway::journal
