#pragma once
// Reads the policy tests of TOML files: [[test]], beside rules or in files of their own.

#include <filesystem>
#include <span>
#include <vector>

#include "gateway/rehearsal/policy_test.h"
#include "policy/policy.h"

namespace gateway::rehearsal {

struct TestSet {
  std::vector<PolicyTest> tests;
  std::size_t passed_over = 0;  // for a filter that is off or a rule whose time has passed
};

struct TestContext {
  const Vocabulary& vocabulary;
  const policy::Policy* policy = nullptr;  // null: not usable itself; ids of rules are not looked up then
  Time today{};                            // the time of tests that give none
  // Those of the policy, which it has read itself.  What stands in others besides tests has no effect, and is
  // warned about.
  std::span<const std::filesystem::path> policy_files = {};
};

// All mistakes are reported.  A test that names a fact of a filter that is switched off, or whose rule has
// ended, is passed over with a warning: neither may make a policy unusable.  One of a filter that is only not
// configured yet waits with its rule, without.
TestSet read_tests(std::span<const std::filesystem::path> files, const TestContext& context,
                   policy::Diagnostics& diagnostics);

}  // namespace gateway::rehearsal
