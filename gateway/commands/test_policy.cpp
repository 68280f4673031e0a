#include "gateway/commands/test_policy.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "gateway/commands/diagnostic_json.h"
#include "gateway/pipeline/in_force.h"
#include "gateway/rehearsal/test_reader.h"
#include "gateway/rehearsal/test_run.h"

namespace gateway::commands {
namespace {

namespace json = boost::json;
using rehearsal::Difference;
using rehearsal::TestResult;

constexpr std::size_t kProgressFrom = 100;  // tests
constexpr std::size_t kProgressStep = 25;

// What the run came to.
struct Report {
  policy::Diagnostics diagnostics;
  std::shared_ptr<pipeline::InForce> in_force;  // null: the policy is not usable
  rehearsal::TestSet set;
  std::vector<TestResult> results;

  std::size_t failed() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(results, [](const TestResult& one) { return !one.passed(); }));
  }
};

// Over one line of the terminal, gone at the end.
void show_progress(std::size_t done, std::size_t all) {
  if (all < kProgressFrom || ::isatty(STDERR_FILENO) != 1) return;
  if (done == all)
    fmt::print(stderr, "\r\033[K");
  else if (done % kProgressStep == 0)
    fmt::print(stderr, "\r{} of {} tests", done, all);
}

Report run(const TestOptions& options) {
  Report report;
  const Time today = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  report.in_force = pipeline::InForce::load(options.config, today, report.diagnostics);
  if (!report.in_force) return report;
  const pipeline::InForce& in_force = *report.in_force;
  const auto& configured = in_force.settings->policy_files;
  std::vector<std::filesystem::path> files(options.files.begin(), options.files.end());
  if (files.empty()) files = configured;
  report.set = rehearsal::read_tests(files, {in_force.vocabulary, in_force.policy.get(), today, configured},
                                     report.diagnostics);
  const std::size_t all = report.set.tests.size();
  report.results = rehearsal::run_tests(report.in_force, report.set.tests,
                                        [all](std::size_t done) { show_progress(done, all); });
  return report;
}

json::object as_json(const TestResult& result) {
  json::array differences;
  for (const Difference& one : result.differences)
    differences.push_back(json::object{{"what", one.what}, {"expected", one.expected}, {"found", one.found}});
  json::array because;
  for (const std::string& line : result.because) because.push_back(json::string(line));
  return {{"name", printable(result.test->name)},
          {"file", printable(result.test->spot.file)},
          {"line", result.test->spot.line},
          {"ok", result.passed()},
          {"verdict", json::object{{"action", result.action},
                                   {"rule", result.rule},
                                   {"score", result.score},
                                   {"reply", printable(result.reply, 1000)}}},
          {"differences", std::move(differences)},
          {"because", std::move(because)}};
}

void print_json(const Report& report, bool fine) {
  json::array tests;
  for (const TestResult& result : report.results) tests.push_back(as_json(result));
  fmt::print("{}\n", json::serialize(json::object{{"ok", fine},
                                                  {"total", report.results.size()},
                                                  {"failed", report.failed()},
                                                  {"passed_over", report.set.passed_over},
                                                  {"tests", std::move(tests)},
                                                  {"diagnostics", diagnostics_as_json(report.diagnostics)}}));
}

void print_failures(const Report& report) {
  for (const TestResult& result : report.results) {
    for (const Difference& one : result.differences)
      fmt::print("{}\n", policy::render(rehearsal::as_diagnostic(result, one)));
    for (const std::string& line : result.because) fmt::print("      {}\n", line);
  }
}

std::string count(std::size_t number, std::string_view what) {
  return fmt::format("{} {}{}", number, what, number == 1 ? "" : "s");
}

}  // namespace

int test_policy(const TestOptions& options) {
  const Report report = run(options);
  const bool fine = report.in_force && !report.diagnostics.has_errors() && report.failed() == 0;
  if (options.json) {
    print_json(report, fine);
    return fine ? 0 : 1;
  }
  fmt::print(stderr, "{}", report.diagnostics.render());
  if (!report.in_force) {
    fmt::print(stderr, "{}: the policy is not usable; no test was run\n", options.config);
    return 1;
  }
  print_failures(report);
  const std::string over =
      report.set.passed_over == 0 ? "" : fmt::format(", {} not run", report.set.passed_over);
  const std::string wrong = report.diagnostics.has_errors() ? "; some have mistakes and were not run" : "";
  fmt::print("{}, {} failed{}{}\n", count(report.results.size(), "test"), report.failed(), over, wrong);
  return fine ? 0 : 1;
}

}  // namespace gateway::commands
