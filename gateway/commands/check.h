#pragma once
// postern check: the configuration and the policy, all mistakes at once.

#include <string>

namespace gateway::commands {

struct CheckOptions {
  std::string config;
  bool stages = false;  // also when each rule can decide
  bool json = false;
};

int check(const CheckOptions& options);

}  // namespace gateway::commands
