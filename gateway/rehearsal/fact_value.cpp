#include "gateway/rehearsal/fact_value.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <vector>

#include "policy/diagnostic.h"
#include "policy/language/literal.h"

namespace gateway::rehearsal {
namespace {

std::vector<std::string_view> split(std::string_view text, char border) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(border), text.size());
    parts.push_back(trim(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::optional<int> two_digits(std::string_view text) {
  if (text.size() != 2 || !is_digit(text[0]) || !is_digit(text[1])) return std::nullopt;
  return (text[0] - '0') * 10 + (text[1] - '0');
}

std::string one_of(std::string_view word, std::span<const std::string_view> words) {
  const std::string near = policy::did_you_mean(word, words);
  return near.empty() ? fmt::format(": one of {} was expected", fmt::join(words, ", ")) : near;
}

template <class T>
Result<Value> known(const std::optional<T>& value, const FactSpec& spec, std::string_view text) {
  if (value) return Value(*value);
  return Error(fmt::format("'{}' is not a value of type {}, which {} has", printable(text), name(spec.type),
                           spec.name));
}

}  // namespace

Result<Value> value_of(const FactSpec& spec, std::string_view text) {
  switch (spec.type) {
    case Type::boolean:
      if (text == "true" || text == "yes") return Value(true);
      if (text == "false" || text == "no") return Value(false);
      return Error(fmt::format("{} is true or false", spec.name));
    case Type::number: return known(policy::language::parse_number(text), spec, text);
    case Type::text: return Value(std::string(text));
    case Type::domain:
      return text.empty() ? Result<Value>(Value(Domain())) : known(Domain::parse(text), spec, text);
    case Type::address:
      return text.empty() || text == "<>" ? Result<Value>(Value(Address()))
                                          : known(Address::parse(text), spec, text);
    case Type::ip: return known(IpAddress::parse(text), spec, text);
    case Type::outcome:
      if (const auto outcome = parse_outcome(text)) return Value(*outcome);
      return Error(fmt::format("'{}' is no outcome, as {} has it{}", printable(text), spec.name,
                               one_of(text, kOutcomes)));
    case Type::time: {
      const Result<Time> time = parse_moment(text);
      if (!time) return time.error();
      return Value(*time);
    }
    case Type::choice: {
      const std::vector<std::string_view> words = split(spec.choices, ' ');
      if (std::ranges::find(words, text) != words.end()) return Value(Choice{std::string(text)});
      return Error(
          fmt::format("'{}' is not a value of {}{}", printable(text), spec.name, one_of(text, words)));
    }
    case Type::list: {
      List list;
      for (const std::string_view part : split(text, ',')) list.emplace_back(part);
      return Value(std::move(list));
    }
  }
  return Error("no such type");
}

Result<std::pair<FactId, Value>> parse_fact(const Vocabulary& vocabulary, std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == text.npos) return Error(fmt::format("--fact takes NAME=VALUE, not '{}'", printable(text)));
  const std::string_view name = trim(text.substr(0, equals));
  const auto id = vocabulary.find(name);
  if (!id) {
    std::vector<std::string_view> names;
    for (std::size_t i = 0; i < vocabulary.size(); ++i) names.push_back(vocabulary[FactId(i)].name);
    return Error(fmt::format("unknown fact '{}'{}", printable(name), policy::did_you_mean(name, names)));
  }
  Result<Value> value = value_of(vocabulary[*id], text.substr(equals + 1));
  if (!value) return value.error();
  return std::pair<FactId, Value>(*id, std::move(*value));
}

Result<Time> parse_moment(std::string_view text) {
  const auto wrong = [&] {
    return Error(
        fmt::format("'{}' is not a time: RFC 3339 (2026-06-01T12:00:00Z) or Unix seconds", printable(text)));
  };
  if (!text.empty() && text.find_first_not_of("0123456789") == text.npos && text.size() <= 11) {
    const auto seconds = policy::language::parse_number(text);
    if (!seconds) return wrong();
    return Time(std::chrono::seconds(static_cast<std::int64_t>(*seconds)));
  }
  // A fraction of a second is dropped, an offset ("+02:00") counted; letters may be small.  RFC 3339 §5.6
  std::string utc(text.substr(0, 19));
  std::string_view zone = text.substr(utc.size());
  if (utc.size() == 19 && (utc[10] == 't' || utc[10] == ' ')) utc[10] = 'T';
  if (zone.size() > 1 && zone[0] == '.' && is_digit(zone[1])) {
    zone.remove_prefix(1);
    while (!zone.empty() && is_digit(zone.front())) zone.remove_prefix(1);
  }
  std::chrono::minutes offset{0};
  if (zone.size() == 6 && (zone[0] == '+' || zone[0] == '-') && zone[3] == ':') {
    const auto hours = two_digits(zone.substr(1, 2));
    const auto minutes = two_digits(zone.substr(4, 2));
    if (!hours || !minutes || *hours > 23 || *minutes > 59) return wrong();
    offset = std::chrono::minutes(*hours * 60 + *minutes);
    if (zone[0] == '-') offset = -offset;
  } else if (zone != "Z" && zone != "z" && !(zone.empty() && utc.size() == 10)) {
    return wrong();
  }
  const auto time = policy::language::parse_time(zone.empty() ? utc : utc + 'Z');
  if (!time) return wrong();
  return *time - offset;
}

}  // namespace gateway::rehearsal
