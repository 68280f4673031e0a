#pragma once
// Reads one [[rule]]: its keys, their types and what goes together.  The condition is compiled by the
// caller's checker; exemptions between rules are not resolved here.

#include <optional>

#include "policy/language/checker.h"
#include "policy/language/toml_file.h"
#include "policy/rule.h"

namespace policy::language {

struct ReadRule {
  Rule rule;
  const toml::node* id = nullptr;
  const toml::node* when = nullptr;
  const toml::node* exempt = nullptr;  // the array
};

// Mistakes are reported; nullopt when the rule cannot be used.
std::optional<ReadRule> read_rule(const TomlFile& file, const toml::table& table, const Names& names);

// Compiles the condition in a string node; mistakes are reported where they stand in the file.
std::optional<Condition> compile(const TomlFile& file, const toml::node& node, const Names& names);

// A rule's id, a list's or a condition's name: letters, digits, '-', '_' and '.', up to 64, no @ in front.
bool is_valid_name(std::string_view name);

}  // namespace policy::language
