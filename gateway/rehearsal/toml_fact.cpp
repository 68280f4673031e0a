#include "gateway/rehearsal/toml_fact.h"

#include <fmt/format.h>

#include <array>

#include "gateway/rehearsal/fact_value.h"
#include "gateway/rehearsal/given_facts.h"
#include "policy/diagnostic.h"
#include "policy/language/toml_file.h"

namespace gateway::rehearsal {
namespace {

using policy::language::kind;

constexpr std::array<std::string_view, 2> kStates{"open", "troubled"};
constexpr std::array<std::string_view, 2> kStateKeys{"state", "because"};

Result<Fact> state_of(const FactSpec& spec, const toml::table& table) {
  for (const auto& [key, value] : table)
    if (key.str() != "state" && key.str() != "because")
      return Error(fmt::format("unknown key '{}' of a fact{}", printable(key.str()),
                               policy::did_you_mean(key.str(), kStateKeys)));
  const std::string state = table["state"].value_or(std::string());
  if (state == "open") return Fact();
  if (state != "troubled")
    return Error(fmt::format("the state of {} is \"open\" or \"troubled\"{}", spec.name,
                             policy::did_you_mean(state, kStates)));
  Fact fact(Fact::State::troubled, spec.type == Type::list ? Value(List()) : Value());
  if (const toml::array* because = table["because"].as_array())
    for (const toml::node& one : *because) fact.because.push_back(one.value_or(std::string()));
  if (fact.because.empty()) fact.because.emplace_back("given as troubled");
  return fact;
}

Result<Value> list_of(const FactSpec& spec, const toml::node& node) {
  const toml::array* array = node.as_array();
  if (!array) return Error(fmt::format("{} is a list, as in [\"a\", \"b\"], not {}", spec.name, kind(node)));
  List list;
  for (const toml::node& one : *array) {
    const auto* text = one.as_string();
    if (!text) return Error(fmt::format("{} has texts in quotes, not {}", spec.name, kind(one)));
    if (spec.element == Type::domain) {
      const auto domain = Domain::parse(text->get());
      if (!domain) return Error(fmt::format("'{}' is not a domain", printable(text->get())));
      list.push_back(domain->text());
    } else {
      list.push_back(text->get());
    }
  }
  return Value(std::move(list));
}

Result<Value> plain_value(const FactSpec& spec, const toml::node& node) {
  switch (spec.type) {
    case Type::boolean:
      if (const auto* value = node.as_boolean()) return Value(value->get());
      return Error(fmt::format("{} is true or false, not {}", spec.name, kind(node)));
    case Type::number:
      if (node.is_number()) return Value(*node.value<double>());
      return Error(fmt::format("{} is a number, not {}", spec.name, kind(node)));
    case Type::list: return list_of(spec, node);
    case Type::time: {
      const Result<Time> time = moment_of(node);
      if (!time) return time.error();
      return Value(*time);
    }
    default: break;
  }
  if (const auto* text = node.as_string()) return value_of(spec, text->get());
  return Error(
      fmt::format("{} is of type {}, a text in quotes, not {}", spec.name, name(spec.type), kind(node)));
}

Time midnight(const toml::date& date) {
  return std::chrono::sys_days(std::chrono::year_month_day{
      std::chrono::year(date.year), std::chrono::month(date.month), std::chrono::day(date.day)});
}

}  // namespace

bool is_state(const toml::table& table) {
  const toml::node* state = table.get("state");
  return state && state->is_string();
}

Result<Fact> fact_of(const FactSpec& spec, const toml::node& node) {
  if (const toml::table* table = node.as_table()) {
    if (is_state(*table)) return state_of(spec, *table);
    return Error(fmt::format("{} is given by its value, or as {{ state = \"troubled\" }}", spec.name));
  }
  Result<Value> value = plain_value(spec, node);
  if (!value) return value.error();
  return given_fact(std::move(*value));
}

Result<Time> moment_of(const toml::node& node) {
  if (const auto* text = node.as_string()) return parse_moment(text->get());
  if (const auto* date = node.as_date()) return midnight(date->get());
  if (const auto* both = node.as_date_time()) {
    const toml::date_time& at = both->get();
    Time time = midnight(at.date) + std::chrono::hours(at.time.hour) + std::chrono::minutes(at.time.minute) +
                std::chrono::seconds(at.time.second);
    if (at.offset) time -= std::chrono::minutes(at.offset->minutes);
    return time;
  }
  return Error(
      fmt::format("a time is a date, 2026-06-01T12:00:00Z, or Unix seconds in quotes, not {}", kind(node)));
}

}  // namespace gateway::rehearsal
