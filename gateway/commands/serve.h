#pragma once
// postern serve: the gateway, in the foreground.

#include <optional>
#include <string>

namespace gateway::commands {

struct ServeOptions {
  std::string config;
  std::optional<std::string> mode;  // in the place of policy.mode
};

// Exit status: 0 after a graceful stop, 1 when it cannot run, 78 when the configuration is wrong
// (sysexits.h).
int serve(const ServeOptions& options);

}  // namespace gateway::commands
