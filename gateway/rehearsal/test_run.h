#pragma once
// Runs policy tests: each message is judged as the gateway would, and what comes is held against what the
// test expects.  No look-up leaves the machine; some milliseconds a test at most.

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "gateway/rehearsal/policy_test.h"

namespace gateway::rehearsal {

// One thing that came out otherwise.
struct Difference {
  std::string what;  // "verdict", "rule", "from.domain"; with several recipients, whose
  std::string expected;
  std::string found;
  Spot spot;  // of what was expected
};

struct TestResult {
  const PolicyTest* test = nullptr;
  std::vector<Difference> differences;  // none: passed
  std::string action;                   // of the first recipient: as explain prints it
  std::string rule;
  double score = 0;
  std::string reply;
  std::vector<std::string>
      because;  // of a failure: which rule decided, how those it hangs on came out, for people

  bool passed() const { return differences.empty(); }
};

// `progress` is told how many are done.  The tests must outlive the results.
std::vector<TestResult> run_tests(const std::shared_ptr<const pipeline::InForce>& in_force,
                                  std::span<const PolicyTest> tests,
                                  const std::function<void(std::size_t)>& progress = {});

// "test 'NAME': expected verdict quarantine, came accept by @default", at its place.
policy::Diagnostic as_diagnostic(const TestResult& result, const Difference& difference);

}  // namespace gateway::rehearsal
