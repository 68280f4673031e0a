#include "policy/language/named_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <system_error>

#include "policy/facts/text.h"
#include "policy/resemblance/skeleton.h"

namespace policy::language {
namespace {

constexpr std::uintmax_t kFileOctets = 256 << 20;  // some ten million domains
constexpr std::size_t kMistakesShown = 10;         // of one list
constexpr std::array kKinds{EntryList::Kind::text, EntryList::Kind::domain, EntryList::Kind::network,
                            EntryList::Kind::address, EntryList::Kind::name};

std::string_view what(EntryList::Kind kind) {
  switch (kind) {
    case EntryList::Kind::network: return "an IP address or a network";
    case EntryList::Kind::domain: return "a domain";
    case EntryList::Kind::address: return "a mail address or @ and a domain";
    case EntryList::Kind::name: return "a name";
    case EntryList::Kind::text: return "text";
  }
  return "text";
}

}  // namespace

std::unique_ptr<NamedList> NamedList::read(const TomlFile& file, std::string name, const toml::node& node,
                                           Diagnostics& diagnostics) {
  std::unique_ptr<NamedList> list(new NamedList(file, std::move(name), diagnostics));
  if (const toml::array* array = node.as_array()) {
    if (list->read_inline(*array)) return list;
  } else if (const toml::table* table = node.as_table()) {
    if (list->read_table(*table)) return list;
  } else {
    file.error(node, fmt::format("a list is [\"one\", \"two\"] or {{ file = \"…\", type = \"…\" }}, not {}",
                                 kind(node)));
  }
  return nullptr;
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

bool NamedList::read_table(const toml::table& table) {
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
  return read_file(*path, path->as_string()->get());
}

bool NamedList::read_file(const toml::node& node, const std::string& relative) {
  path_ = file_.resolve(relative);
  const auto unreadable = [&](std::string_view why) {
    file_.error(node, fmt::format("list file {} cannot be read: {}", path_.string(), why));
    return false;
  };
  std::error_code error;
  if (std::filesystem::is_directory(path_, error)) return unreadable("it is a directory");
  // A pipe or a device may have no end.
  if (std::filesystem::exists(path_, error) && !std::filesystem::is_regular_file(path_, error))
    return unreadable("it is no ordinary file");
  errno = 0;
  std::ifstream in(path_, std::ios::binary);
  if (!in) return unreadable(std::generic_category().message(errno ? errno : EIO));
  const std::uintmax_t size = std::filesystem::file_size(path_, error);
  if (error) return unreadable(error.message());
  if (size > kFileOctets) {
    file_.error(node, fmt::format("list file {} is larger than 256 MiB", path_.string()));
    return false;
  }
  text_.resize(size);
  in.read(text_.data(), static_cast<std::streamsize>(size));
  text_.resize(static_cast<std::size_t>(in.gcount()));
  if (in.bad()) {
    file_.error(node, fmt::format("list file {} cannot be read to its end", path_.string()));
    return false;
  }
  ListLine line;
  for (std::string_view rest = text_; next_line(rest, line);)
    if (!line.entry.empty()) return true;
  file_.warn(node, fmt::format("list file {} has no entries", path_.string()));
  return true;
}

template <class Take>
void NamedList::each_entry(const Take& take) const {
  for (const Inline& entry : inline_) take(Entry{entry.text, entry.node});
  ListLine line;
  for (std::string_view rest = text_; next_line(rest, line);)
    if (!line.entry.empty()) take(Entry{line.entry, nullptr, line});
}

void NamedList::report(Diagnostic::Severity severity, const Entry& entry, std::string message) const {
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
  if (const auto made = made_.find(kind); made != made_.end()) return made->second;
  EntryList::Maker list(kind);
  list.expect(text_.size());
  std::size_t mistakes = 0;
  Entry last;
  each_entry([&](const Entry& entry) {
    last = entry;
    if (list.add(entry.text) || ++mistakes > kMistakesShown) return;
    const std::string why = wanted_by.empty()
                                ? fmt::format("list '{}' is of type {}", name_, policy::name(kind))
                                : fmt::format("'{}' is looked up in list '{}'", wanted_by, name_);
    report(Diagnostic::Severity::error, entry,
           fmt::format("'{}' is not {}: {}", printable(entry.text), what(kind), why));
  });
  if (mistakes > kMistakesShown)
    report(Diagnostic::Severity::error, last,
           fmt::format("… and {} more entries like this", mistakes - kMistakesShown));
  return made_[kind] = mistakes == 0 ? list.done() : Entries();
}

bool NamedList::has_domains() const {
  bool some = false;
  bool all = true;
  each_entry([&](const Entry& entry) {
    some = true;
    const auto domain = all ? Domain::parse(entry.text) : std::nullopt;
    all = domain && domain->labels() > 1;
  });
  return some && all;
}

// Entries of one word are like too many others to resemble anything.
Known NamedList::known(Likeness::Kind kind, std::string_view wanted_by) {
  if (const auto made = known_.find(kind); made != known_.end()) return made->second;
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
    return known_[kind] = nullptr;
  }
  if (!entries(of_domains ? EntryList::Kind::domain : EntryList::Kind::name, wanted_by))
    return known_[kind] = nullptr;
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
  auto known = std::make_shared<const resemblance::KnownList>(
      of_domains ? resemblance::KnownList::of_domains(domains) : resemblance::KnownList::of_names(names));
  return known_[kind] = std::make_shared<const Likeness>(std::move(known));
}

void NamedList::check() {
  if (declared_ && !made_.contains(*declared_)) entries(*declared_, {});
}

}  // namespace policy::language
