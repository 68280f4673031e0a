#include "policy/language/named_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "policy/facts/text.h"
#include "policy/list_entry.h"
#include "policy/resemblance/skeleton.h"

namespace policy::language {
namespace {

constexpr std::size_t kMistakesShown = 10;  // of one list
constexpr std::array kKinds{EntryList::Kind::text, EntryList::Kind::domain, EntryList::Kind::network,
                            EntryList::Kind::address, EntryList::Kind::name};

}  // namespace

std::unique_ptr<NamedList> NamedList::read(const TomlFile& file, std::string name, const toml::node& node,
                                           const ListFileSource& source, Diagnostics& diagnostics) {
  std::unique_ptr<NamedList> list(new NamedList(file, std::move(name), node, diagnostics));
  if (const toml::array* array = node.as_array())
    list->usable_ = list->read_inline(*array);
  else if (const toml::table* table = node.as_table())
    list->usable_ = list->read_table(*table, source);
  else
    file.error(node, fmt::format("a list is [\"one\", \"two\"] or {{ file = \"…\", type = \"…\" }}, not {}",
                                 kind(node)));
  return list;
}

bool NamedList::read_inline(const toml::array& array) {
  bool fine = true;
  for (const toml::node& node : array) {
    const auto* text = node.as_string();
    if (!text) {
      file_.error(node, fmt::format("an entry of a list is a text in quotes, not {}", kind(node)));
      fine = false;
      continue;
    }
    inline_.push_back({text->get(), &node});
  }
  return fine;
}

bool NamedList::read_table(const toml::table& table, const ListFileSource& source) {
  static constexpr std::array<std::string_view, 2> kKeys{"file", "type"};
  file_.refuse_unknown(table, kKeys, "a list");
  if (const toml::node* type = table.get("type")) {
    std::vector<std::string_view> words;
    for (const EntryList::Kind kind : kKinds) words.push_back(policy::name(kind));
    const std::string word = type->value_or(std::string());
    const auto found = std::ranges::find(words, word);
    if (found == words.end()) {
      file_.error(*type, fmt::format("the type of a list is text, domain, network, address or name{}",
                                     did_you_mean(word, words)));
      return false;
    }
    declared_ = kKinds[static_cast<std::size_t>(found - words.begin())];
  }
  const toml::node* path = table.get("file");
  if (!path || !path->is_string() || path->as_string()->get().empty()) {
    file_.error(path ? *path : static_cast<const toml::node&>(table),
                "file = \"…\" names the file with the entries");
    return false;
  }
  return read_file(*path, path->as_string()->get(), source);
}

bool NamedList::read_file(const toml::node& node, const std::string& relative, const ListFileSource& source) {
  path_ = file_.resolve(relative);
  const auto read = source(name_, path_);
  if (!read) {
    file_.error(node, fmt::format("list file {} cannot be read: {}", path_.string(), read.error().text()));
    return false;
  }
  own_ = *read;
  if (own_->count() == 0 && own_->blank())
    file_.warn(node, fmt::format("list file {} has no entries (a comment in it says that it is meant so)",
                                 path_.string()));
  for (const ListLine& line : own_->unclear())
    diagnostics_.add({.severity = Diagnostic::Severity::warning,
                      .file = path_.string(),
                      .line = line.number,
                      .column = static_cast<unsigned>(line.comment.data() - line.whole.data() + 1),
                      .length = static_cast<unsigned>(line.comment.size()),
                      .message = "this is no end: the entry stays; an end is 'until 2027-01-31' or 'until "
                                 "2027-01-31T12:00:00Z', in UTC",
                      .source = std::string(line.whole)});
  return true;
}

template <class Take>
void NamedList::each_entry(const Take& take) const {
  for (const Inline& entry : inline_) take(Entry{entry.text, entry.node});
  if (own_) own_->each_entry([&](const ListLine& line) { take(Entry{line.entry, nullptr, line}); });
}

void NamedList::report(Diagnostic::Severity severity, const Entry& entry, std::string message) {
  if (severity == Diagnostic::Severity::error && first_mistake_.empty())
    first_mistake_ = entry.node ? message : fmt::format("line {}: {}", entry.line.number, message);
  if (entry.node)
    return severity == Diagnostic::Severity::error ? file_.error(*entry.node, std::move(message))
                                                   : file_.warn(*entry.node, std::move(message));
  diagnostics_.add({.severity = severity,
                    .file = path_.string(),
                    .line = entry.line.number,
                    .column = entry.line.column,
                    .length = static_cast<unsigned>(entry.line.entry.size()),
                    .message = std::move(message),
                    .source = std::string(entry.line.whole)});
}

Entries NamedList::entries(EntryList::Kind kind, std::string_view wanted_by) {
  if (const auto found = made().find(kind); found != made().end()) return found->second;
  if (settled()) return nullptr;
  EntryList::Maker list(kind);
  if (own_) list.expect(own_->octets());
  std::size_t mistakes = 0;
  Entry last;
  each_entry([&](const Entry& entry) {
    last = entry;
    if (list.add(entry.text) || ++mistakes > kMistakesShown) return;
    const std::string why = wanted_by.empty()
                                ? fmt::format("list '{}' is of type {}", name_, policy::name(kind))
                                : fmt::format("'{}' is looked up in list '{}'", wanted_by, name_);
    report(Diagnostic::Severity::error, entry,
           fmt::format("'{}' is not {}: {}", printable(entry.text), described(kind), why));
  });
  if (mistakes > kMistakesShown)
    report(Diagnostic::Severity::error, last,
           fmt::format("… and {} more entries like this", mistakes - kMistakesShown));
  return made()[kind] = mistakes == 0 ? list.done() : Entries();
}

bool NamedList::has_domains() const {
  if (own_ && own_->has_domains) return *own_->has_domains;
  bool some = false;
  bool all = true;
  each_entry([&](const Entry& entry) {
    some = true;
    const auto domain = all ? Domain::parse(entry.text) : std::nullopt;
    all = domain && domain->labels() > 1;
  });
  if (own_ && !own_->settled()) own_->has_domains = some && all;
  return some && all;
}

// Entries of one word are like too many others to resemble anything.
Known NamedList::known(Likeness::Kind kind, std::string_view wanted_by) {
  if (const auto found = known().find(kind); found != known().end()) return found->second;
  if (settled()) return nullptr;
  const bool of_domains = kind == Likeness::Kind::domains;
  std::size_t count = 0;
  Entry first;
  each_entry([&](const Entry& entry) {
    if (++count == 1) first = entry;
  });
  if (count > resemblance::kMostKnown) {
    report(Diagnostic::Severity::error, first,
           fmt::format("list '{}' has {} entries: '{} resembles' looks through {} at most", name_, count,
                       wanted_by, resemblance::kMostKnown));
    return known()[kind] = nullptr;
  }
  if (!entries(of_domains ? EntryList::Kind::domain : EntryList::Kind::name, wanted_by))
    return known()[kind] = nullptr;
  std::vector<std::string> names;
  std::vector<Domain> domains;
  each_entry([&](const Entry& entry) {
    const auto domain = of_domains ? Domain::parse(entry.text) : std::nullopt;
    const std::size_t words =
        domain ? domain->labels() : resemblance::words_of(resemblance::skeleton(entry.text)).size();
    if (words < 2)
      report(Diagnostic::Severity::warning, entry,
             fmt::format("nothing resembles '{}': it is one word, which too many share; {}",
                         printable(entry.text),
                         of_domains ? "write a whole domain" : "write a first name and a surname"));
    if (domain)
      domains.push_back(*domain);
    else
      names.emplace_back(entry.text);
  });
  auto prepared = std::make_shared<const resemblance::KnownList>(
      of_domains ? resemblance::KnownList::of_domains(domains) : resemblance::KnownList::of_names(names));
  return known()[kind] = std::make_shared<const Likeness>(std::move(prepared));
}

void NamedList::check() {
  if (usable_ && declared_ && !made().contains(*declared_)) entries(*declared_, {});
}

ListInfo NamedList::info() const {
  static constexpr std::array kStrictestFirst{EntryList::Kind::network, EntryList::Kind::address,
                                              EntryList::Kind::domain, EntryList::Kind::name,
                                              EntryList::Kind::text};
  ListInfo info{.name = name_, .where = file_.where(node_), .file = path_};
  const auto& asked = own_ ? own_->made : made_;
  for (const EntryList::Kind kind : kStrictestFirst)
    if (asked.contains(kind) || declared_ == kind) info.kinds.push_back(kind);
  for (const Inline& entry : inline_) info.entries.emplace_back(entry.text);
  return info;
}

}  // namespace policy::language
