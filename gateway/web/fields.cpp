#include "gateway/web/fields.h"

#include <algorithm>

#include "gateway/journal/json_reader.h"
#include "gateway/vocabulary.h"
#include "policy/facts/hex.h"

namespace gateway::web {
namespace {

std::optional<std::string> decoded(std::string_view text, bool plus_is_blank) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      const auto octet = hex_octet(text, i + 1);
      if (!octet) return std::nullopt;
      out += *octet;
      i += 2;
    } else {
      out += plus_is_blank && text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

}  // namespace

std::optional<std::string> percent_decoded(std::string_view text) { return decoded(text, false); }

std::optional<Fields> Fields::parse(std::string_view text) {
  Fields fields;
  while (!text.empty()) {
    const std::string_view one = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(one.size() + 1, text.size()));
    if (one.empty()) continue;
    const std::size_t equals = std::min(one.find('='), one.size());
    auto name = decoded(one.substr(0, equals), true);
    auto value = decoded(one.substr(std::min(equals + 1, one.size())), true);
    if (!name || !value || fields.pairs_.size() == kMost) return std::nullopt;
    fields.pairs_.emplace_back(std::move(*name), std::move(*value));
  }
  return fields;
}

std::optional<Fields> Fields::parse_json(std::string_view text) {
  Fields fields;
  journal::JsonReader json(text);
  bool fits = true;
  const auto take = [&](const std::string& name) {
    std::optional<std::string_view> value;
    if (json.kind() != journal::JsonReader::Kind::boolean)
      value = json.text();
    else if (const auto given = json.boolean())
      value = *given ? "yes" : "no";
    fits = fits && value && fields.pairs_.size() < kMost;
    if (fits) fields.pairs_.emplace_back(name, *value);
  };
  const bool read = json.object([&](std::string_view member) {
    const std::string name(member);
    if (json.kind() == journal::JsonReader::Kind::array)
      json.array([&] { take(name); });
    else
      take(name);
  });
  if (!read || !json.at_end() || !fits) return std::nullopt;
  return fields;
}

std::string_view Fields::get(std::string_view name) const {
  const auto found =
      std::ranges::find(pairs_, name, [](const auto& pair) -> std::string_view { return pair.first; });
  return found == pairs_.end() ? std::string_view() : found->second;
}

bool Fields::has(std::string_view name) const {
  return std::ranges::any_of(pairs_, [&](const auto& pair) { return pair.first == name; });
}

std::vector<std::string_view> Fields::all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const auto& [key, value] : pairs_)
    if (key == name) values.emplace_back(value);
  return values;
}

std::optional<std::string_view> cookie(std::string_view field, std::string_view name) {
  std::optional<std::string_view> found;
  while (!field.empty()) {
    const std::string_view one = field.substr(0, field.find(';'));
    field.remove_prefix(std::min(one.size() + 1, field.size()));
    const std::string_view pair = trim(one, " \t");
    const std::size_t equals = pair.find('=');
    if (equals == pair.npos || pair.substr(0, equals) != name) continue;
    const std::string_view value = pair.substr(equals + 1);
    if (found && *found != value) return std::nullopt;
    found = value;
  }
  return found;
}

}  // namespace gateway::web
