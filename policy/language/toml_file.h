#pragma once
// One TOML file with its text at hand, so that every mistake in it can be shown where it stands.  Settings
// and policy files are read through this.

#include <toml++/toml.h>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/diagnostic.h"

namespace policy::language {

struct Place {  // from 1; columns in octets
  unsigned line = 0;
  unsigned column = 0;
};

class TomlFile {
 public:
  static constexpr std::size_t kMostOctets = 10'000'000;

  // nullptr when the file cannot be read or is no TOML; the diagnostics say why.  `shown` is the file's name
  // in diagnostics.
  static std::unique_ptr<TomlFile> read(const std::filesystem::path& path, Diagnostics& diagnostics);
  static std::unique_ptr<TomlFile> parse(std::string text, const std::filesystem::path& path,
                                         Diagnostics& diagnostics);

  const toml::table& root() const { return root_; }
  const std::filesystem::path& path() const { return path_; }
  const std::string& text() const { return text_; }
  // A path in the file is relative to the file.
  std::filesystem::path resolve(const std::filesystem::path& relative) const;

  Place place(const toml::node& node) const;
  Place place(const toml::key& key) const;
  // Of the octet at `offset` in the value of a string node, quotes and escapes taken into account.
  Place place_in(const toml::node& string, std::size_t offset) const;
  // How many octets the node takes on its first line.
  unsigned width(const toml::node& node) const;
  std::string where(const toml::node& node) const;  // "policy.toml:24"

  // The node's place, ready to be shown with a message.
  Diagnostic spot(const toml::node& node) const;

  void error(const toml::node& node, std::string message) const;
  void error(const toml::key& key, std::string message) const;
  void error(Place place, unsigned length, std::string message) const;
  void warn(const toml::node& node, std::string message) const;
  void warn(Place place, unsigned length, std::string message) const;

  // Each key of `table` that is not known becomes an error with the nearest one.  `where` names the table:
  // "[listener]".
  void refuse_unknown(const toml::table& table, std::span<const std::string_view> known,
                      std::string_view where) const;

 private:
  TomlFile(std::string text, const std::filesystem::path& path, Diagnostics& diagnostics);
  void report(Diagnostic::Severity severity, Place place, unsigned length, std::string message) const;
  std::string_view line(unsigned number) const;
  Place from_source(const toml::source_position& position) const;

  std::filesystem::path path_;
  std::string text_;
  std::vector<std::size_t> lines_;  // where each begins
  toml::table root_;
  Diagnostics& diagnostics_;
};

std::string_view kind(const toml::node& node);  // "a text", "a list", … for diagnostics

}  // namespace policy::language
