#pragma once
// postern replay: judges recorded transactions by another policy and prints the verdicts that would change.

#include <optional>
#include <string>
#include <vector>

namespace gateway::commands {

struct ReplayOptions {
  std::string config;
  std::string since = "7d";
  std::optional<std::string> until;  // now
  std::vector<std::string> policy;   // files; none: those configured
  std::string journal;               // a directory in the place of the configured one
  std::vector<std::string> fail_on;  // see kReplayFailures
  std::size_t samples = 3;           // of each group
  bool trial = false;
  std::optional<std::string> dns;  // "live", or a zone file that stands for it
  std::string colour = "auto";     // always, never
  bool json = false;
};

// The changes --fail-on knows: of any action; to that action; of the deciding rule alone; of tags alone; or a
// verdict that hangs on what was not recorded.
inline constexpr const char* kReplayFailures[] = {"any",      "accepted", "refused", "quarantined",
                                                  "deferred", "rule",     "tags",    "cannot-tell"};

int replay(const ReplayOptions& options);

}  // namespace gateway::commands
