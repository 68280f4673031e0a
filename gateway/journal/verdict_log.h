#pragma once
// Where the plain line of each transaction, and of each connection without one, goes: the logger named
// "verdicts", which serve sets up.

#include "gateway/journal/entry.h"
#include "gateway/journal/session_entry.h"

namespace gateway::journal {

inline constexpr const char* kVerdictLogger = "verdicts";

// Nothing happens where there is no such logger.
void log_verdict(const Entry& entry);
void log_session(const SessionEntry& entry);

}  // namespace gateway::journal
