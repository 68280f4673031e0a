#include "gateway/review/rule_texts.h"

#include <fmt/format.h>

#include <sstream>

#include "policy/language/toml_file.h"

namespace gateway::review {
namespace {

using policy::language::TomlFile;

std::string word(const toml::table& table, std::string_view key) {
  const toml::node* node = table.get(key);
  if (!node) return {};
  if (const auto text = node->value<std::string>(); text && node->is_string()) return *text;
  std::ostringstream out;
  node->visit([&](const auto& value) { out << value; });
  return out.str();
}

std::string follows(const toml::table& rule) {
  std::string out = rule.contains("then") ? word(rule, "then") : rule.contains("score") ? "score" : "";
  for (const char* const key : {"score", "subject", "header", "reply", "exempt", "refuse", "override"})
    if (const std::string value = word(rule, key); !value.empty())
      out += std::string_view(key) == "score" && out == "score" ? " " + value
                                                                : fmt::format(", {} {}", key, value);
  return out;
}

}  // namespace

std::map<std::string, RuleText, std::less<>> rule_texts(const std::vector<policy::Ingredients::Text>& texts) {
  std::map<std::string, RuleText, std::less<>> all;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    policy::Diagnostics ignored;  // they are shown beside the source
    const auto file = TomlFile::parse(*texts[i].text, texts[i].path, ignored);
    const toml::array* rules =
        file && file->root().get("rule") ? file->root().get("rule")->as_array() : nullptr;
    if (!rules) continue;
    for (const toml::node& node : *rules) {
      const toml::table* rule = node.as_table();
      const toml::node* id = rule ? rule->get("id") : nullptr;
      if (!id || !id->is_string()) continue;
      all.try_emplace(id->as_string()->get(), RuleText{.file = i,
                                                       .line = file->place(*id).line,
                                                       .when = word(*rule, "when"),
                                                       .follows = follows(*rule),
                                                       .note = word(*rule, "note"),
                                                       .until = word(*rule, "until")});
    }
  }
  return all;
}

}  // namespace gateway::review
