#pragma once
// postern stats: what the journal comes to, by the hour.

#include <optional>
#include <string>

namespace gateway::commands {

struct StatsOptions {
  std::string config;
  std::optional<std::string> since, until;
  std::size_t top = 10;  // rows of each list
  std::string colour = "auto";
  bool json = false;
};

int stats(const StatsOptions& options);

}  // namespace gateway::commands
