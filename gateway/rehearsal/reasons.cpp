#include "gateway/rehearsal/reasons.h"

#include <fmt/format.h>

#include <algorithm>

namespace gateway::rehearsal {
namespace {

using policy::Truth;

constexpr std::size_t kShown = 80;      // octets of one value
constexpr std::size_t kFactsShown = 8;  // of one rule

std::string value_of(const pipeline::TransactionRecipient& recipient, const std::string& name) {
  const Facts& facts = *recipient.facts;
  std::string text;
  if (const auto id = facts.vocabulary().find(name)) {
    const Fact& fact = facts.at(*id);
    if (!fact.known()) return fact.troubled() ? "troubled" : "not known";
    text = to_text(fact.value);
  } else if (const Message* message = facts.message()) {  // header("Name"), header_count("Name")
    const std::size_t quote = name.find('"');
    const std::string_view field = std::string_view(name).substr(quote + 1, name.rfind('"') - quote - 1);
    if (name.starts_with("header_count")) return std::to_string(message->count(field));
    if (const Field* first = message->first(field)) text = unfold(first->value);
  } else {
    return "not known";
  }
  return text.empty() ? "(none)" : printable(text, kShown);
}

std::string facts_of(const policy::RuleInfo& rule, const pipeline::TransactionRecipient& recipient) {
  std::string text;
  for (std::size_t i = 0; i < std::min(rule.facts.size(), kFactsShown); ++i)
    text += fmt::format("{}{} = {}", i == 0 ? ": " : "; ", rule.facts[i], value_of(recipient, rule.facts[i]));
  if (rule.facts.size() > kFactsShown) text += "; …";
  return text;
}

std::string how(const policy::RuleOutcome& outcome) {
  if (outcome.held == Truth::yes) return "held";
  const std::string because =
      outcome.because.empty()
          ? ""
          : fmt::format(" ({})", printable(fmt::format("{}", fmt::join(outcome.because, ", "))));
  return (outcome.held == Truth::no ? "did not hold" : "is unknown") + because;
}

}  // namespace

std::vector<std::string> reasons(const Expectation& expect, const Rehearsal& rehearsal,
                                 const std::vector<policy::RuleInfo>& rules) {
  const pipeline::TransactionRecipient& recipient = rehearsal.transaction().recipients().front();
  const Ending ending = ending_of(rehearsal, 0);
  std::vector<std::string> lines;
  if (ending.rule == "@default") lines.emplace_back("no rule that decides held");
  if (ending.rule == "@score") lines.push_back(fmt::format("the scores came to {}", recipient.verdict.score));
  for (const std::string& trouble : recipient.verdict.trouble) lines.push_back(printable(trouble));
  std::vector<std::string> ids{ending.rule};
  const auto want = [&](const std::string& id) {
    if (std::ranges::find(ids, id) == ids.end()) ids.push_back(id);
  };
  if (expect.rule) want(expect.rule->value);
  for (const auto* list : {&expect.trial, &expect.tags})
    if (*list) std::ranges::for_each((*list)->value, want);
  for (const auto* list : {&expect.held, &expect.not_held})
    for (const Wanted<std::string>& id : *list) want(id.value);
  for (const std::string& id : ids) {
    const auto rule = std::ranges::find(rules, id, &policy::RuleInfo::id);
    const auto outcome = std::ranges::find(recipient.verdict.rules, id, &policy::RuleOutcome::id);
    if (rule == rules.end() || outcome == recipient.verdict.rules.end()) continue;
    lines.push_back(fmt::format("rule '{}' ({}{}) {}{}", id, rule->where, rule->trial ? ", on trial" : "",
                                how(*outcome), facts_of(*rule, recipient)));
  }
  return lines;
}

}  // namespace gateway::rehearsal
