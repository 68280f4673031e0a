#pragma once
// A list of [lists]: written in the policy file, or read from a file of its own with one entry a line, where
// # begins a comment.

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "policy/language/checker.h"
#include "policy/language/list_file.h"
#include "policy/language/toml_file.h"
#include "policy/lists.h"

namespace policy::language {

// Whence the file of a list comes: read now, or what an earlier policy was made with.
using ListFileSource = std::function<Result<std::shared_ptr<ListFile>>(const std::string& list,
                                                                       const std::filesystem::path& file)>;

class NamedList final : public ListSource {
 public:
  // Reads `node`, the value of the list's key; mistakes are reported.
  static std::unique_ptr<NamedList> read(const TomlFile& file, std::string name, const toml::node& node,
                                         const ListFileSource& source, Diagnostics& diagnostics);

  bool usable() const { return usable_; }  // no: it is there, but broken as a whole
  Entries entries(EntryList::Kind kind, std::string_view wanted_by) override;
  std::optional<EntryList::Kind> declared() const override { return declared_; }
  bool has_domains() const override;
  Known known(Likeness::Kind kind, std::string_view wanted_by) override;

  // Checks the entries of a list that no rule names yet, by its declared type.
  void check();

  ListInfo info() const;
  const std::shared_ptr<ListFile>& file() const { return own_; }       // null: it has none of its own
  const std::string& first_mistake() const { return first_mistake_; }  // in its entries; empty: none

 private:
  struct Inline {
    std::string_view text;
    const toml::node* node;
  };
  NamedList(const TomlFile& file, std::string name, const toml::node& node, Diagnostics& diagnostics)
      : file_(file), name_(std::move(name)), node_(node), diagnostics_(diagnostics) {}
  bool read_inline(const toml::array& array);
  bool read_table(const toml::table& table, const ListFileSource& source);
  bool read_file(const toml::node& node, const std::string& relative, const ListFileSource& source);
  // One of the list's, wherever it is written.
  struct Entry {
    std::string_view text;
    const toml::node* node = nullptr;  // null: a line of the list's own file
    ListLine line = {};
  };
  template <class Take>
  void each_entry(const Take& take) const;
  void report(Diagnostic::Severity severity, const Entry& entry, std::string message);

  std::map<EntryList::Kind, Entries>& made() { return own_ ? own_->made : made_; }
  std::map<Likeness::Kind, Known>& known() { return own_ ? own_->known : known_; }
  bool settled() const { return own_ && own_->settled(); }

  const TomlFile& file_;
  std::string name_;
  const toml::node& node_;
  Diagnostics& diagnostics_;
  bool usable_ = false;
  std::filesystem::path path_;  // of its own file; empty: none
  std::shared_ptr<ListFile> own_;
  std::vector<Inline> inline_;
  std::optional<EntryList::Kind> declared_;
  std::map<EntryList::Kind, Entries> made_;
  std::map<Likeness::Kind, Known> known_;
  std::string first_mistake_;
};

}  // namespace policy::language
