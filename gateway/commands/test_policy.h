#pragma once
// postern test: runs the tests of the policy, or of other files, by the configured policy.

#include <string>
#include <vector>

namespace gateway::commands {

struct TestOptions {
  std::string config;
  std::vector<std::string> files;  // none: those of the policy
  bool json = false;
};

int test_policy(const TestOptions& options);

}  // namespace gateway::commands
