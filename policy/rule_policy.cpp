#include "policy/rule_policy.h"

#include <fmt/format.h>

#include <algorithm>

#include "policy/language/rule_reader.h"
#include "policy/stages.h"

namespace policy {

RulePolicy::RulePolicy(RuleBook book, const Vocabulary& vocabulary, Ingredients made_of)
    : book_(std::move(book)),
      judge_(book_, vocabulary),
      vocabulary_(vocabulary),
      made_of_(std::move(made_of)),
      version_(digest()) {
  for (std::size_t phase = 0; phase < kPhases; ++phase)
    awaited_[phase] = policy::awaited(book_, static_cast<Phase>(phase), vocabulary_);
  std::set<std::string> headers;
  for (const Rule& rule : book_.rules)
    for (const Test& test : rule.when.tests()) {
      if (const HeaderText* header = std::get_if<HeaderText>(&test.left)) headers.insert(header->name);
      if (const HeaderCount* header = std::get_if<HeaderCount>(&test.left)) headers.insert(header->name);
    }
  header_names_.assign(headers.begin(), headers.end());
}

bool RulePolicy::refuses_early() const {
  return std::ranges::any_of(book_.rules, [](const Rule& rule) { return rule.earliest && !rule.trial; });
}

std::set<std::string, std::less<>> RulePolicy::facts_named() const {
  std::set<std::string, std::less<>> names;
  const auto add = [&](FactId id) { names.emplace(vocabulary_[id].name); };
  for (const Rule& rule : book_.rules) {
    if (rule.off) continue;
    for (const Test& test : rule.when.tests()) {
      if (test.op == Test::Op::constant) continue;
      if (const FactId* id = std::get_if<FactId>(&test.left)) add(*id);
      if (const FactId* id = std::get_if<FactId>(&test.right)) add(*id);
    }
    std::ranges::for_each(rule.reply.facts(), add);
  }
  return names;
}

std::vector<std::string> RulePolicy::rule_ids() const {
  std::vector<std::string> ids;
  for (const Rule& rule : book_.rules) ids.push_back(rule.id);
  return ids;
}

std::vector<RuleInfo> RulePolicy::rules() const {
  std::vector<RuleInfo> all;
  for (const Rule& rule : book_.rules) {
    RuleInfo info{.id = rule.id,
                  .where = rule.where,
                  .action = std::string(kThen[static_cast<std::size_t>(rule.then)]),
                  .decides = rule.decides(),
                  .trial = rule.trial,
                  .ended = rule.until && *rule.until <= book_.loaded};
    for (const Test& test : rule.own.tests())
      for (std::string& name : test.names(vocabulary_)) {
        const auto id = vocabulary_.find(name);
        if (id && !vocabulary_.enabled(*id) && info.off.empty()) info.off = vocabulary_.filter(*id);
        if (std::ranges::find(info.facts, name) == info.facts.end()) info.facts.push_back(std::move(name));
      }
    all.push_back(std::move(info));
  }
  return all;
}

std::vector<Stage> RulePolicy::stages() const { return policy::stages(book_, vocabulary_); }

std::vector<ListFileState> RulePolicy::list_files() const {
  std::vector<ListFileState> all;
  for (const auto& [name, file] : made_of_.list_files)
    all.push_back({name, file->path(), file->stamp(), file->count(), file->next_end()});
  return all;
}

// FNV-1a over everything that decides: tells policies apart, no more.
std::string RulePolicy::digest() const {
  std::uint64_t hash = 14695981039346656037u;
  const auto add = [&](std::string_view text) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
    hash = (hash ^ 0xFFu) * 1099511628211u;
  };
  for (const Ingredients::Text& one : made_of_.texts) add(*one.text);
  for (const auto& [list, file] : made_of_.list_files) add(fmt::format("{:016x}", file->digest()));
  add(name(book_.by_default));
  return fmt::format("{:016x}", hash).substr(0, 12);
}

}  // namespace policy
