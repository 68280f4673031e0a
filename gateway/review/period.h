#pragma once
// Points in time as people give them on the command line and in the pages.

#include <string_view>

#include "gateway/vocabulary.h"

namespace gateway::review {

// "2h" (ago), "today", "yesterday", "14:30" (of today), "2026-11-25", "2026-11-25 14:30" or "…:30:15" (all of
// here), RFC 3339, or Unix seconds.  The error says so.
Result<Time> parse_when(std::string_view text, Time now);
// The same as an end, which a day named alone is in: its last second.
Result<Time> parse_until(std::string_view text, Time now);

}  // namespace gateway::review
