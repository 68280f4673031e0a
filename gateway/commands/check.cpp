#include "gateway/commands/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <map>
#include <string>
#include <vector>

#include "filters/registry.h"

#include "gateway/commands/configuration.h"
#include "gateway/commands/diagnostic_json.h"

namespace gateway::commands {
namespace {

namespace json = boost::json;

std::string phase_of(const std::optional<Phase>& phase) {
  return phase ? std::string(name(*phase)) : "never";
}

void print_stages(const policy::Policy& policy) {
  std::size_t width = 4;
  for (const policy::Stage& stage : policy.stages()) width = std::max(width, stage.rule.size());
  fmt::print("{:{}}  decides at  because\n", "rule", width);
  for (const policy::Stage& stage : policy.stages())
    fmt::print("{:{}}  {:10}  {}\n", stage.rule, width, phase_of(stage.at),
               stage.because.empty()
                   ? ""
                   : fmt::format("could at {}, but waits for '{}' ({})", phase_of(stage.alone), stage.because,
                                 stage.because_where));
}

// The rules that do nothing yet, by the section of the configuration they wait for.
std::map<std::string, std::vector<std::string>> waiting_rules(const policy::Policy& policy) {
  std::map<std::string, std::vector<std::string>> waiting;
  for (const policy::RuleInfo& rule : policy.rules())
    if (filters::runs_once_configured(rule.off))
      waiting[fmt::format("filter.{}", filters::section_of(rule.off))].push_back(rule.id);
  return waiting;
}

json::object waiting_as_json(const policy::Policy& policy) {
  json::object waiting;
  for (const auto& [section, rules] : waiting_rules(policy))
    waiting[section] = json::array(rules.begin(), rules.end());
  return waiting;
}

json::array stages_as_json(const policy::Policy& policy) {
  json::array stages;
  for (const policy::Stage& stage : policy.stages())
    stages.push_back(json::object{{"rule", stage.rule},
                                  {"at", phase_of(stage.at)},
                                  {"alone", phase_of(stage.alone)},
                                  {"because", stage.because}});
  return stages;
}

}  // namespace

int check(const CheckOptions& options) {
  policy::Diagnostics diagnostics;
  const Configuration configuration = load_configuration(options.config, diagnostics);
  const auto& loaded = configuration.in_force;
  const bool fine = loaded != nullptr;
  if (options.json) {
    json::object object{{"ok", fine}, {"diagnostics", diagnostics_as_json(diagnostics)}};
    if (fine) object["policy_version"] = std::string(loaded->policy->version());
    if (fine) object["tests"] = configuration.tests;
    if (fine) object["waiting"] = waiting_as_json(*loaded->policy);
    if (fine && options.stages) object["stages"] = stages_as_json(*loaded->policy);
    fmt::print("{}\n", json::serialize(object));
    return fine ? 0 : 1;
  }
  fmt::print(stderr, "{}", diagnostics.render());
  const auto count = [&](policy::Diagnostic::Severity severity) {
    return std::ranges::count(diagnostics.all(), severity, &policy::Diagnostic::severity);
  };
  const auto errors = count(policy::Diagnostic::Severity::error);
  const auto warnings = count(policy::Diagnostic::Severity::warning);
  const std::string warned =
      warnings == 0 ? "" : fmt::format(", {} warning{}", warnings, warnings == 1 ? "" : "s");
  if (!fine) {
    fmt::print(stderr, "{}: {} error{}{}\n", options.config, errors, errors == 1 ? "" : "s", warned);
    return 1;
  }
  const std::size_t tests = configuration.tests;
  fmt::print("{}: fine{}; {} rules, {} test{}, policy version {}\n", options.config, warned,
             loaded->policy->rule_ids().size(), tests, tests == 1 ? "" : "s", loaded->policy->version());
  for (const auto& [section, rules] : waiting_rules(*loaded->policy))
    fmt::print("off until there is a [{}]: {}\n", section, fmt::join(rules, ", "));
  if (options.stages) print_stages(*loaded->policy);
  return 0;
}

}  // namespace gateway::commands
