#include "gateway/settings/table_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "gateway/settings/units.h"
#include "policy/diagnostic.h"

namespace gateway::settings {
namespace {

bool bare(std::string_view key) {
  return !key.empty() && std::ranges::all_of(key, [](char c) {
    return (to_lower(c) >= 'a' && to_lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

std::string joined(std::string_view path, std::string_view key) {
  const std::string written = bare(key) ? std::string(key) : fmt::format("\"{}\"", key);
  return path.empty() ? written : fmt::format("{}.{}", path, written);
}

bool control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

}  // namespace

TableReader::TableReader(const TomlFile& file, const toml::table& table, std::string path,
                         bool one_of_several)
    : file_(&file), table_(&table), path_(std::move(path)), one_of_several_(one_of_several) {}

std::string TableReader::name() const {
  if (path_.empty()) return {};
  return one_of_several_ ? "[[" + path_ + "]]" : "[" + path_ + "]";
}

void TableReader::error(std::string message) const { file_->error(*table_, std::move(message)); }

void TableReader::expected(std::string_view what, const toml::node& node) const {
  error(node, fmt::format("expected {}, not {}", what, policy::language::kind(node)));
}

void TableReader::done() const { file_->refuse_unknown(*table_, known_, name()); }

const toml::node* TableReader::node(std::string_view key) {
  if (std::ranges::find(known_, key) == known_.end()) known_.push_back(key);
  return table_->get(key);
}

std::optional<TableReader> TableReader::table(std::string_view key) {
  const toml::node* found = node(key);
  if (found == nullptr) return std::nullopt;
  if (const toml::table* table = found->as_table()) return TableReader(*file_, *table, joined(path_, key));
  expected(fmt::format("a table [{}]", joined(path_, key)), *found);
  return std::nullopt;
}

std::vector<TableReader> TableReader::tables(std::string_view key) {
  std::vector<TableReader> all;
  const toml::node* found = node(key);
  if (found == nullptr) return all;
  const std::string path = joined(path_, key);
  const toml::array* list = found->as_array();
  if (list == nullptr) {
    expected(fmt::format("a table in double brackets [[{}]], as there may be several", path), *found);
    return all;
  }
  for (const toml::node& one : *list)
    if (const toml::table* table = one.as_table())
      all.emplace_back(*file_, *table, path, true);
    else
      expected(fmt::format("a table [[{}]]", path), one);
  return all;
}

std::vector<TableReader::Named> TableReader::named_tables() {
  std::vector<Named> all;
  for (const auto& [key, value] : *table_) {
    known_.push_back(key.str());
    if (const toml::table* table = value.as_table())
      all.push_back({&key, TableReader(*file_, *table, joined(path_, key.str()))});
    else
      expected(fmt::format("a table [{}]", joined(path_, key.str())), value);
  }
  const auto order = [&](const Named& one) {
    const auto place = file_->place(*one.key);
    return std::tuple(place.line, place.column);
  };
  std::ranges::sort(all, {}, order);
  return all;
}

const std::string* TableReader::checked_text(const toml::node& node, std::string_view what) const {
  const auto* value = node.as_string();
  if (value == nullptr) {
    expected(what, node);
    return nullptr;
  }
  const std::string& text = value->get();
  if (std::ranges::any_of(text, control)) {
    error(node, fmt::format("expected {}, without control characters", what));
    return nullptr;
  }
  return &text;
}

bool TableReader::text(std::string_view key, std::string& target) {
  const toml::node* found = node(key);
  const std::string* text = found ? checked_text(*found, "a text") : nullptr;
  if (text) target = *text;
  return text != nullptr;
}

const std::string* TableReader::some_text(std::string_view key, std::string_view what) {
  const toml::node* found = node(key);
  const std::string* text = found ? checked_text(*found, what) : nullptr;
  if (text == nullptr || !text->empty()) return text;
  error(*found, fmt::format("expected {}, not an empty text", what));
  return nullptr;
}

bool TableReader::path(std::string_view key, std::filesystem::path& target) {
  const std::string* text = some_text(key, "a path");
  if (text) target = file_->resolve(*text);
  return text != nullptr;
}

bool TableReader::flag(std::string_view key, bool& target) {
  const toml::node* found = node(key);
  if (found == nullptr) return false;
  if (const auto* value = found->as_boolean()) {
    target = value->get();
    return true;
  }
  expected("true or false", *found);
  return false;
}

std::optional<std::uint64_t> TableReader::whole_number(std::string_view key, std::uint64_t least,
                                                       std::uint64_t most) {
  const toml::node* found = node(key);
  if (found == nullptr) return std::nullopt;
  const std::string what = fmt::format("a whole number from {} to {}", least, most);
  const auto* value = found->as_integer();
  if (value == nullptr) {
    if (found->is_floating_point())
      error(*found, "expected " + what);
    else
      expected(what, *found);
    return std::nullopt;
  }
  const std::int64_t number = value->get();
  if (number >= 0 && static_cast<std::uint64_t>(number) >= least &&
      static_cast<std::uint64_t>(number) <= most)
    return static_cast<std::uint64_t>(number);
  error(*found, fmt::format("expected {}, not {}", what, number));
  return std::nullopt;
}

std::optional<std::size_t> TableReader::chosen(std::string_view key,
                                               const std::vector<std::string_view>& words) {
  const toml::node* found = node(key);
  if (found == nullptr) return std::nullopt;
  std::string what = "one of";
  for (std::size_t i = 0; i < words.size(); ++i)
    what += fmt::format("{} \"{}\"", i == 0 ? "" : i + 1 == words.size() ? " or" : ",", words[i]);
  const auto* value = found->as_string();
  if (value == nullptr) {
    expected(what, *found);
    return std::nullopt;
  }
  const auto word = std::ranges::find(words, std::string_view(value->get()));
  if (word != words.end()) return static_cast<std::size_t>(word - words.begin());
  error(*found, fmt::format("'{}' is not {}{}", printable(value->get(), 60), what,
                            policy::did_you_mean(value->get(), words)));
  return std::nullopt;
}

bool TableReader::size(std::string_view key, std::uint64_t& target, std::uint64_t least, std::uint64_t most) {
  const toml::node* found = node(key);
  if (found == nullptr) return false;
  const auto* value = found->as_string();
  if (value == nullptr) {
    expected("a size with its unit, such as \"25MB\", \"16KiB\" or \"500B\"", *found);
    return false;
  }
  const auto octets = parse_size(value->get());
  if (!octets)
    error(*found, octets.error().text());
  else if (*octets < least)
    error(*found, fmt::format("expected at least {}", size_text(least)));
  else if (*octets > most)
    error(*found, fmt::format("expected at most {}", size_text(most)));
  else {
    target = *octets;
    return true;
  }
  return false;
}

bool TableReader::share(std::string_view key, double& target) {
  const toml::node* found = node(key);
  if (found == nullptr) return false;
  const auto* value = found->as_string();
  if (value == nullptr) {
    expected("a percentage, such as \"5%\"", *found);
    return false;
  }
  const auto share = parse_share(value->get());
  if (share) target = *share;
  if (!share) error(*found, share.error().text());
  return share.has_value();
}

std::optional<std::chrono::milliseconds> TableReader::milliseconds(std::string_view key, Milliseconds least,
                                                                   Milliseconds most) {
  const toml::node* found = node(key);
  if (found == nullptr) return std::nullopt;
  const auto* value = found->as_string();
  if (value == nullptr) {
    expected("a duration with its unit, such as \"30s\", \"5min\" or \"4h\"", *found);
    return std::nullopt;
  }
  const auto duration = parse_duration(value->get());
  if (!duration)
    error(*found, duration.error().text());
  else if (*duration < least)
    error(*found, fmt::format("expected at least {}", duration_text(least)));
  else if (*duration > most)
    error(*found, fmt::format("expected at most {}", duration_text(most)));
  else
    return *duration;
  return std::nullopt;
}

bool TableReader::duration(std::string_view key, Milliseconds& target, Milliseconds least,
                           Milliseconds most) {
  const auto found = milliseconds(key, least, most);
  if (found) target = *found;
  return found.has_value();
}

bool TableReader::duration(std::string_view key, std::chrono::seconds& target, Milliseconds least,
                           Milliseconds most) {
  const auto found = milliseconds(key, least, most);
  if (!found) return false;
  if (found->count() % 1000 != 0) {
    error(*node(key), "expected whole seconds");
    return false;
  }
  target = std::chrono::duration_cast<std::chrono::seconds>(*found);
  return true;
}

bool TableReader::each_text(std::string_view key, std::string_view what, const TextFunction& take) {
  const toml::node* found = node(key);
  if (found == nullptr) return false;
  const toml::array* list = found->as_array();
  if (list == nullptr) {
    expected(fmt::format("a list, each {}", what), *found);
    return false;
  }
  bool all = true;
  for (const toml::node& one : *list) {
    const std::string* text = checked_text(one, what);
    if (text && text->empty()) error(one, fmt::format("expected {}, not an empty text", what));
    if (text && !text->empty())
      take(one, *text);
    else
      all = false;
  }
  return all;
}

}  // namespace gateway::settings
