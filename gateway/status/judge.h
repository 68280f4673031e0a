#pragma once
// What of the status needs somebody's attention.

#include <string>
#include <string_view>
#include <vector>

#include "gateway/status/status.h"

namespace gateway::status {

enum class Level { ok = 0, warning = 1, critical = 2, unknown = 3 };  // as the exit status
std::string_view name(Level level);                                   // "WARNING"

struct Finding {
  Level level;
  std::string what;  // a sentence; may hold octets from outside
};

// The worst first.  The thresholds are in docs/manual/status.md.
std::vector<Finding> judge(const Status& status);
Level level_of(const std::vector<Finding>& findings);

// What whoever looks at the journal should know of it and its index: one sentence each; none when all is
// well.
std::vector<std::string> remarks(const Status& status);

}  // namespace gateway::status
