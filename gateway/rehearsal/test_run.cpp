#include "gateway/rehearsal/test_run.h"

#include <fmt/format.h>

#include <boost/asio/io_context.hpp>
#include <exception>

#include "gateway/dns/zone_resolver.h"
#include "gateway/rehearsal/expectation.h"
#include "gateway/rehearsal/reasons.h"

namespace gateway::rehearsal {
namespace {

Result<Scene> scene_of(const PolicyTest& test, const settings::Settings& settings) {
  Scene scene = test.scene;
  if (test.text) scene.message = message_of(*test.text, settings);
  if (test.file) {
    auto message = read_message(test.file->string(), settings);
    if (!message) return message.error();
    scene.message = std::move(*message);
  }
  return scene;
}

void judge(const PolicyTest& test, const std::shared_ptr<const pipeline::InForce>& in_force,
           const std::vector<policy::RuleInfo>& rules, asio::io_context& loop, TestResult& result) {
  Result<Scene> scene = scene_of(test, *in_force->settings);
  if (!scene) {
    result.differences.push_back({"message", "a message", scene.error().text(), test.spot});
    return;
  }
  dns::ZoneResolver resolver(test.zone);
  Rehearsal rehearsal(in_force, resolver, std::move(*scene));
  rehearsal.run(loop);
  if (rehearsal.transaction().recipients().empty()) {
    result.differences.push_back({"recipient", "one", "no domain is served", test.spot});
    return;
  }
  const Ending ending = ending_of(rehearsal, 0);
  result.action = ending.action;
  result.rule = ending.rule;
  result.reply = ending.reply;
  result.score = rehearsal.entry().verdict->score;
  result.differences = differences(test.expect, rehearsal);
  if (!result.passed()) result.because = reasons(test.expect, rehearsal, rules);
}

}  // namespace

std::vector<TestResult> run_tests(const std::shared_ptr<const pipeline::InForce>& in_force,
                                  std::span<const PolicyTest> tests,
                                  const std::function<void(std::size_t)>& progress) {
  const std::vector<policy::RuleInfo> rules = in_force->policy->rules();
  asio::io_context loop(1);
  std::vector<TestResult> results;
  results.reserve(tests.size());
  for (const PolicyTest& test : tests) {
    TestResult result;
    result.test = &test;
    try {
      judge(test, in_force, rules, loop, result);
    } catch (const std::exception& error) {
      result.differences.push_back({"test", "to be judged", error.what(), test.spot});
    }
    results.push_back(std::move(result));
    if (progress) progress(results.size());
  }
  return results;
}

policy::Diagnostic as_diagnostic(const TestResult& result, const Difference& difference) {
  policy::Diagnostic shown = difference.spot;
  shown.message = fmt::format("test '{}': expected {} {}, came {}", printable(result.test->name),
                              difference.what, difference.expected, difference.found);
  return shown;
}

}  // namespace gateway::rehearsal
