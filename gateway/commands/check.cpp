#include "gateway/commands/check.h"

#include <fmt/core.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "gateway/commands/configuration.h"

namespace gateway::commands {
namespace {

namespace json = boost::json;

json::object as_json(const policy::Diagnostic& one) {
  const bool warning = one.severity == policy::Diagnostic::Severity::warning;
  return {{"severity", warning ? "warning" : "error"},
          {"file", printable(one.file)},
          {"line", one.line},
          {"column", one.column},
          {"message", printable(one.message, 1000)}};
}

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
  const auto loaded = load_configuration(options.config, diagnostics);
  const bool fine = loaded != nullptr;
  if (options.json) {
    json::array found;
    for (const policy::Diagnostic& one : diagnostics.all()) found.push_back(as_json(one));
    json::object object{{"ok", fine}, {"diagnostics", std::move(found)}};
    if (fine) object["policy_version"] = std::string(loaded->policy->version());
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
  fmt::print("{}: fine{}; {} rules, policy version {}\n", options.config, warned,
             loaded->policy->rule_ids().size(), loaded->policy->version());
  if (options.stages) print_stages(*loaded->policy);
  return 0;
}

}  // namespace gateway::commands
