#pragma once
// A list of [lists]: written in the policy file, or read from a file of its own with one entry a line, where
// # begins a comment.

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "policy/language/checker.h"
#include "policy/language/list_text.h"
#include "policy/language/toml_file.h"

namespace policy::language {

class NamedList final : public ListSource {
 public:
  // Reads `node`, the value of the list's key; mistakes are reported.  Null when it cannot be used.
  static std::unique_ptr<NamedList> read(const TomlFile& file, std::string name, const toml::node& node,
                                         Diagnostics& diagnostics);

  Entries entries(EntryList::Kind kind, std::string_view wanted_by) override;
  std::optional<EntryList::Kind> declared() const override { return declared_; }
  bool has_domains() const override;
  Known known(Likeness::Kind kind, std::string_view wanted_by) override;

  // Checks the entries of a list that no rule names yet, by its declared type.
  void check();
  const std::string& octets() const {
    return text_;
  }  // what the policy's version is made from besides the files

 private:
  struct Inline {
    std::string_view text;
    const toml::node* node;
  };
  NamedList(const TomlFile& file, std::string name, Diagnostics& diagnostics)
      : file_(file), name_(std::move(name)), diagnostics_(diagnostics) {}
  bool read_inline(const toml::array& array);
  bool read_table(const toml::table& table);
  bool read_file(const toml::node& node, const std::string& relative);
  // One of the list's, wherever it is written.
  struct Entry {
    std::string_view text;
    const toml::node* node = nullptr;  // null: a line of the list's own file
    ListLine line = {};
  };
  template <class Take>
  void each_entry(const Take& take) const;
  void report(Diagnostic::Severity severity, const Entry& entry, std::string message) const;

  const TomlFile& file_;
  std::string name_;
  Diagnostics& diagnostics_;
  std::filesystem::path path_;  // of its own file
  std::string text_;            // of that file
  std::vector<Inline> inline_;
  std::optional<EntryList::Kind> declared_;
  std::map<EntryList::Kind, Entries> made_;
  std::map<Likeness::Kind, Known> known_;
};

}  // namespace policy::language
