#pragma once
// A view on one table of a TOML file whose getters check types and bounds, report what was expected where it
// stands, and remember the keys they were asked for, so that done() can refuse the rest.  A getter that finds
// no key, or a wrong value, leaves its target alone.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/language/toml_file.h"

namespace gateway::settings {

using policy::language::TomlFile;

template <class T>
struct Word {  // of an enumeration, as it is written in the file
  std::string_view word;
  T value;
};

class TableReader {
 public:
  using TextFunction = std::function<void(const toml::node&, const std::string&)>;
  using Milliseconds = std::chrono::milliseconds;
  static constexpr std::uint64_t kNoMost = std::numeric_limits<std::uint64_t>::max();

  // `path` is the table's name without brackets: "tls.also"; empty for the file itself.
  TableReader(const TomlFile& file, const toml::table& table, std::string path, bool one_of_several = false);

  const toml::node* node(std::string_view key);            // nullptr when there is none
  std::optional<TableReader> table(std::string_view key);  // [key]
  std::vector<TableReader> tables(std::string_view key);   // [[key]]
  struct Named;                                            //
  std::vector<Named> named_tables();                       // [this."name"], as written

  // True when the target was set.
  bool text(std::string_view key, std::string& target);            // may be empty; no control octets
  bool path(std::string_view key, std::filesystem::path& target);  // not empty; relative to the file
  bool flag(std::string_view key, bool& target);
  bool size(std::string_view key, std::uint64_t& target, std::uint64_t least = 0,
            std::uint64_t most = kNoMost);
  bool share(std::string_view key, double& target);
  bool duration(std::string_view key, Milliseconds& target, Milliseconds least, Milliseconds most);
  bool duration(std::string_view key, std::chrono::seconds& target, Milliseconds least, Milliseconds most);
  template <class T>
  bool number(std::string_view key, T& target, std::uint64_t least, std::uint64_t most) {
    const auto found = whole_number(key, least, most);
    if (found) target = static_cast<T>(*found);
    return found.has_value();
  }
  template <class T>
  bool choice(std::string_view key, T& target, const std::vector<Word<T>>& words) {
    std::vector<std::string_view> names;
    for (const auto& word : words) names.push_back(word.word);
    const auto found = chosen(key, names);
    if (found) target = words[*found].value;
    return found.has_value();
  }
  // Each text of a list; `what` names one: "an address".  True when the key was there and a list of texts.
  bool each_text(std::string_view key, std::string_view what, const TextFunction& take);
  // A text that may not be empty; `what` says what is expected.
  const std::string* some_text(std::string_view key, std::string_view what);

  void error(std::string message) const;  // about the table as a whole
  void error(const toml::node& node, std::string message) const { file_->error(node, std::move(message)); }
  void expected(std::string_view what, const toml::node& node) const;  // "expected …, not a number"
  const TomlFile& file() const { return *file_; }
  const toml::table& raw() const { return *table_; }
  std::string name() const;  // for people: "[tls]", "[[listener]]"

  // Every key that no getter was asked for becomes an error, with the nearest that is known.
  void done() const;

 private:
  std::optional<std::uint64_t> whole_number(std::string_view key, std::uint64_t least, std::uint64_t most);
  std::optional<std::size_t> chosen(std::string_view key, const std::vector<std::string_view>& words);
  std::optional<Milliseconds> milliseconds(std::string_view key, Milliseconds least, Milliseconds most);
  const std::string* checked_text(const toml::node& node, std::string_view what) const;

  const TomlFile* file_;
  const toml::table* table_;
  std::string path_;
  bool one_of_several_;
  std::vector<std::string_view> known_;
};

struct TableReader::Named {
  const toml::key* key;
  TableReader table;
};

}  // namespace gateway::settings
