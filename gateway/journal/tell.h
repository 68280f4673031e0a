#pragma once
// The story of one transaction for people: what `explain` and `show` print without --json.

#include <string>

#include "gateway/journal/entry.h"
#include "gateway/journal/page.h"

namespace gateway::journal {

// Lines ended by LF, safe for a terminal.
std::string tell(const Entry& entry, PageStyle style = {});

}  // namespace gateway::journal
