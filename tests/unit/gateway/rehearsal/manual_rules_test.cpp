// docs/manual/rules.md: what it tells people to write loads where it says, and does what it says.
#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <sstream>
#include <vector>

#include "tests/support/paths.h"
#include "tests/support/rehearsed_policy.h"
#include "tests/support/temporary_directory.h"

namespace gateway::rehearsal {
namespace {

// A need of the page, with what stands in its fences.
struct Need {
  std::string title;
  std::string settings;
  std::vector<std::string> policy;  // with the line that says where it belongs
  std::string list;                 // emergency.txt
};

std::vector<Need> needs() {
  std::vector<Need> found;
  std::istringstream page(support::file_text(support::source_dir() / "docs/manual/rules.md"));
  std::string* into = nullptr;
  std::string ignored;
  std::string fence;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("## ")) found.push_back({.title = line.substr(3)});
    if (line.starts_with("```")) {
      fence = into ? "" : line.substr(3);
      into = nullptr;
      if (fence == "text") into = &found.back().list;
      continue;
    }
    if (fence == "toml" && !into) {
      into = line == "# postern.toml" ? &found.back().settings : &ignored;
      if (line.starts_with("# policy.toml")) into = &found.back().policy.emplace_back();
      EXPECT_NE(into, &ignored) << found.back().title << ": where does this belong? " << line;
    }
    if (into) *into += line + '\n';
  }
  return found;
}

// As a person would: entries of [lists] and [define] go there, a list that is there already is replaced;
// rules and tests go above the rule that is named.
void paste(std::string& policy, const std::string& snippet) {
  std::istringstream lines(snippet);
  std::string above;
  std::string section;
  std::string rules;
  for (std::string line; std::getline(lines, line);) {
    std::smatch found;
    if (std::regex_match(line, found, std::regex("# policy\\.toml, above ([a-z-]+)"))) above = found[1];
    if (line.starts_with("[[")) section = "[[";
    if (line == "[lists]" || line == "[define]") section = line;
    if (section == "[[") rules += line + '\n';
    if (section.empty() || section == "[[" || line == section || line.empty()) continue;
    const std::string name = line.substr(0, line.find_first_of(" ="));
    const std::size_t old = policy.find("\n" + name + " ");
    if (old != std::string::npos)
      policy.replace(old + 1, policy.find('\n', old + 1) - old - 1, line);
    else
      policy.insert(policy.find("\n" + section + "\n") + section.size() + 2, line + '\n');
  }
  if (rules.empty()) return;
  std::smatch place;
  ASSERT_TRUE(std::regex_search(policy, place, std::regex("\\[\\[rule\\]\\]\nid +=\\s*\"" + above + "\"")))
      << "there is no rule " << above;
  policy.insert(static_cast<std::size_t>(place.position()), rules + '\n');
}

TEST(ManualOfRules, WhatItTellsToWriteDoesWhatItSays) {
  const std::size_t shipped =
      support::rehearse(support::shipped_policy()).in_force->policy->rule_ids().size();
  std::size_t with_rules = 0;
  for (const Need& need : needs()) {
    std::string policy = support::shipped_policy();
    for (const std::string& snippet : need.policy) paste(policy, snippet);
    const auto result = support::rehearse(policy, need.settings, {{"emergency.txt", need.list}});
    EXPECT_EQ(result.said, "") << need.title;
    ASSERT_TRUE(result.in_force) << need.title;
    EXPECT_FALSE(need.policy.empty()) << need.title;
    if (result.in_force->policy->rule_ids().size() > shipped) ++with_rules;
  }
  EXPECT_GE(with_rules, 12u);
}

}  // namespace
}  // namespace gateway::rehearsal
