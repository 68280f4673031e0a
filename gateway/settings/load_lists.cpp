// [filter.dnsbl], [filter.dnswl], [filter.dbl]: the lists in the DNS that are asked.

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "gateway/settings/sections.h"

namespace gateway::settings {
namespace {

using filters::dnsxl::CodePattern;
using filters::dnsxl::CountedCodes;
using filters::dnsxl::DnsList;
using filters::dnsxl::Kind;

constexpr std::size_t kMostLists = 50;  // of one filter; a message may ask 200 questions for it
constexpr std::size_t kLongestId = 40;
constexpr std::size_t kLongestKey = 63;  // it is a label, RFC 1035 §2.3.4
constexpr double kMostWeight = 1000;
constexpr std::string_view kKey = "{key}";

constexpr std::string_view kListsOfDomains = "dbl";

bool is_label_octet(char c) {
  const char lower = to_lower(c);
  return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

bool is_label(std::string_view text, std::size_t longest) {
  return !text.empty() && text.size() <= longest && std::ranges::all_of(text, is_label_octet);
}

void read_id(TableReader& table, ListIds& ids, DnsList& list) {
  constexpr std::string_view kWhat = "the list's name for rules and logs, such as \"zen\"";
  if (!table.node("id")) return table.error(fmt::format("a list needs an id: {}", kWhat));
  const std::string* id = table.some_text("id", kWhat);
  if (!id) return;
  if (!is_label(*id, kLongestId))
    table.error(*table.node("id"),
                fmt::format("'{}' is no id: expected up to {} letters, digits, '-' and '_'",
                            printable(*id, 60), kLongestId));
  else if (const auto [other, fresh] = ids.try_emplace(*id, table.file().where(*table.node("id"))); !fresh)
    table.error(*table.node("id"),
                fmt::format("there is another list with the id '{}' ({})", *id, other->second));
  list.id = *id;
}

// The zone with one label in the place of {key}; nothing where it is none.
std::optional<std::string> read_zone(TableReader& table, std::string_view key, DnsList& list) {
  constexpr std::string_view kWhat = "the zone that is asked, such as \"zen.example.org\"";
  if (!table.node("zone")) {
    table.error(fmt::format("a list needs a zone: {}", kWhat));
    return std::nullopt;
  }
  const std::string* text = table.some_text("zone", kWhat);
  if (!text) return std::nullopt;
  const toml::node& node = *table.node("zone");
  const std::size_t at = text->find('{');
  std::string whole = *text;
  if (at != text->npos) {
    const std::string_view found = std::string_view(*text).substr(at, text->find('}', at) - at + 1);
    if (found != kKey || text->find('{', at + 1) != text->npos) {
      table.error(node, fmt::format("'{}': expected {{key}} once, which stands for what is in key_file",
                                    printable(*text, 80)));
      return std::nullopt;
    }
    whole.replace(at, kKey.size(), key.empty() ? "key" : key);
    list.secret_at = static_cast<std::uint8_t>(std::min<std::size_t>(at, 255));
  }
  const auto domain = Domain::parse(whole);
  if (!domain || domain->labels() < 2 || IpAddress::parse(whole) || (at != text->npos && !is_ascii(whole))) {
    table.error(node, fmt::format("'{}' is no zone of a list: expected one such as \"zen.example.org\" or "
                                  "\"{{key}}.zen.example.org\"",
                                  printable(*text, 80)));
    return std::nullopt;
  }
  list.zone = domain->text();
  return *text;
}

// The file has one line, and what it says is shown to nobody.
std::string read_key(TableReader& table) {
  Path file;
  if (!table.path("key_file", file)) return {};
  const toml::node& node = *table.node("key_file");
  std::ifstream in(file);
  std::string key;
  std::string more;
  if (!in || !std::getline(in, key)) {
    table.error(node, fmt::format("cannot read a key from '{}'", printable(file.string(), 200)));
    return {};
  }
  while (in >> more)
    if (more.size() > 0) break;
  key = std::string(trim(key));
  if (!more.empty() || !is_label(key, kLongestKey)) {
    table.error(node,
                fmt::format("'{}' holds no key: expected one line of up to {} letters, digits, '-' and '_'",
                            printable(file.string(), 200), kLongestKey));
    return {};
  }
  return to_lower(key);
}

std::optional<double> read_weight(TableReader& table, const toml::node& node) {
  const std::string what = fmt::format("a weight from 0 to {}", kMostWeight);
  const auto value = node.value<double>();
  if (!node.is_number() || !value) {
    table.expected(what, node);
    return std::nullopt;
  }
  if (*value >= 0 && *value <= kMostWeight) return *value;
  table.error(node, fmt::format("expected {}, not {}", what, *value));
  return std::nullopt;
}

// "127.0.0.2-11", or several with commas between them.  `report` is told what is wrong.
template <class Report>
std::optional<CountedCodes> read_codes(std::string_view text, double weight, const Report& report) {
  CountedCodes codes{.written = std::string(text), .weight = weight};
  for (std::string_view rest = text;;) {
    const std::size_t comma = rest.find(',');
    const auto pattern = CodePattern::parse(trim(rest.substr(0, comma)));
    if (!pattern) {
      report(pattern.error().text());
      return std::nullopt;
    }
    codes.patterns.push_back(*pattern);
    if (comma == rest.npos) return codes;
    rest.remove_prefix(comma + 1);
  }
}

// { "127.0.0.2" = 3.0, … }: each entry with its weight.
void read_weighed_codes(TableReader& table, const toml::table& all, DnsList& list) {
  if (all.empty()) table.error(*table.node("codes"), "expected at least one code with its weight");
  for (const auto& [key, value] : all) {
    const auto weight = read_weight(table, value);
    const auto report = [&, &place = key](std::string why) { table.file().error(place, std::move(why)); };
    auto codes = read_codes(key.str(), weight.value_or(0), report);
    if (codes && weight) list.codes.push_back(std::move(*codes));
  }
}

void read_all_codes(TableReader& table, DnsList& list) {
  const toml::node* weight_node = table.node("weight");
  const toml::node* node = table.node("codes");
  if (const toml::table* weighed = node ? node->as_table() : nullptr) {
    if (weight_node) table.error(*weight_node, "each of the codes has its own weight: remove this one");
    return read_weighed_codes(table, *weighed, list);
  }
  const double weight = weight_node ? read_weight(table, *weight_node).value_or(0) : 1;
  CountedCodes together{.written = "any code", .weight = weight};
  if (!node) {
    together.patterns.push_back(CodePattern::any());
  } else if (!node->is_array()) {
    return table.expected("codes with their weights, such as { \"127.0.0.2-11\" = 3.0 }, or a list of codes",
                          *node);
  } else {
    together.written.clear();
    table.each_text("codes", "a code, such as \"127.0.0.2\"",
                    [&](const toml::node& at, const std::string& text) {
                      const auto report = [&](std::string why) { table.error(at, std::move(why)); };
                      auto codes = read_codes(text, weight, report);
                      if (!codes) return;
                      together.written.append(together.written.empty() ? "" : ", ").append(text);
                      std::ranges::move(codes->patterns, std::back_inserter(together.patterns));
                    });
    if (node->as_array()->empty()) table.error(*node, "expected at least one code");
  }
  list.codes.push_back(std::move(together));
}

void read_test_point(TableReader& table, DnsList& list) {
  const bool of_domains = list.kind == Kind::domains;
  list.test_point = of_domains ? "test" : "127.0.0.2";
  if (!table.text("test_point", list.test_point) || list.test_point.empty()) return;
  const toml::node& node = *table.node("test_point");
  const bool is_address = IpAddress::parse(list.test_point).has_value();
  const auto domain = Domain::parse(list.test_point);
  if (of_domains ? domain && !is_address : is_address) {
    if (of_domains) list.test_point = domain->text();
    return;
  }
  table.error(node, of_domains ? "expected a domain that the list surely lists, or \"\" for none"
                               : "expected an address that the list surely lists, or \"\" for none");
}

DnsList read_list(TableReader& table, Kind kind, ListIds& ids) {
  DnsList list{.id = {}, .kind = kind};
  read_id(table, ids, list);
  const bool names_file = table.node("key_file") != nullptr;
  const std::string key = read_key(table);
  const auto zone = read_zone(table, key, list);
  const bool wants_key = zone && zone->find(kKey) != zone->npos;
  if (wants_key && !names_file)
    table.error(*table.node("zone"), "{key} stands for a key: name the file that holds it with key_file");
  if (zone && !wants_key && names_file)
    table.error(*table.node("key_file"), "the zone has no {key}: say where the key stands in it");
  if (wants_key) list.secret_octets = static_cast<std::uint8_t>(key.size());
  read_all_codes(table, list);
  if (kind == Kind::domains) table.flag("org_domain", list.org_domain);
  read_test_point(table, list);
  table.done();
  return list;
}

}  // namespace

std::vector<DnsList> read_lists(TableReader& filter, std::string_view name, ListIds& ids) {
  const Kind kind = name == kListsOfDomains ? Kind::domains : Kind::addresses;
  std::vector<DnsList> lists;
  for (TableReader& table : filter.tables("lists")) lists.push_back(read_list(table, kind, ids));
  if (lists.size() > kMostLists)
    filter.error(*filter.node("lists"),
                 fmt::format("expected at most {} lists, not {}", kMostLists, lists.size()));
  return lists;
}

}  // namespace gateway::settings
