#include "policy/advice.h"

#include <fmt/format.h>

#include <algorithm>

#include "policy/forgery.h"
#include "policy/reach.h"
#include "policy/stages.h"

namespace policy {
namespace {

std::string squeezed(std::string_view condition) {
  std::string text;
  for (const char c : condition)
    if (c != ' ' && c != '\t' && c != '\n' && c != '\r') text += c;
  return text;
}

std::string says(Then then) { return std::string(kThen[static_cast<std::size_t>(then)]); }

// "dmarc.result and spf.mailfrom"
std::string facts_of(const Condition& condition, const Vocabulary& vocabulary) {
  std::vector<std::string> names;
  for (const Test& test : condition.tests())
    for (std::string& name : test.names(vocabulary))
      if (std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i)
    text += (i == 0 ? "" : i + 1 == names.size() ? " and " : ", ") + names[i];
  return text;
}

// Whether a look-up that fails can make it hold: yes to a question about trouble makes it more true than no.
bool holds_by_trouble(const Condition& condition) {
  const auto asks = [](const Test& test) {
    if (test.op == Test::Op::troubled) return true;
    const Value* value = std::get_if<Value>(&test.right);
    return test.op == Test::Op::equal && value && *value == Value(Outcome::temperror);
  };
  const auto with = [&](const Test& asked, Truth answer) {
    return condition.possible([&](const Test& test) {
      return &test == &asked ? Truths(answer) : Truths(Truth::yes).with(Truth::no);
    });
  };
  return std::ranges::any_of(condition.tests(), [&](const Test& test) {
    if (!asks(test)) return false;
    const Truths yes = with(test, Truth::yes);
    const Truths no = with(test, Truth::no);
    return (yes.has(Truth::yes) && !no.has(Truth::yes)) || (no.has(Truth::no) && !yes.has(Truth::no));
  });
}

class Adviser {
 public:
  Adviser(const RuleBook& book, const Vocabulary& vocabulary)
      : book_(book), vocabulary_(vocabulary), stages_(stages(book, vocabulary)) {
    for (const Rule& rule : book.rules) possible_.push_back(ever_possible(rule.when, vocabulary));
  }

  std::vector<Advice> run() {
    for (at_ = 0; at_ < book_.rules.size(); ++at_)
      if (!rule().off) look();
    look_at_scores();
    return std::move(found_);
  }

 private:
  const Rule& rule() const { return book_.rules[at_]; }
  void add(std::string message) { found_.push_back({at_, std::move(message)}); }

  void look() {
    if (rule().until && *rule().until <= book_.loaded)
      add(fmt::format("rule '{}' has ended: its until has passed; remove it, or give it a later date",
                      rule().id));
    if (!possible_[at_].has(Truth::yes)) {
      const std::string facts = facts_of(rule().when, vocabulary_);
      add(fmt::format(
          "rule '{}' can never hold: {}; remove it, or mend its condition", rule().id,
          facts.empty() ? "its condition is always false" : "no value of " + facts + " meets all of it"));
      return;
    }
    look_above();
    if (rule().then == Then::reject && holds_by_trouble(rule().own))
      add(fmt::format(
          "rule '{}' refuses because a look-up failed, which may be our own fault and pass: mail would be "
          "lost; write then = \"defer\", or leave it to @trouble, which defers what hangs on it",
          rule().id));
    if (rule().then == Then::accept || rule().then == Then::exempt)
      if (const auto way = way_to_forge(rule().own, vocabulary_))
        add(fmt::format("rule '{}' ({}) {}", rule().id, says(rule().then), *way));
    look_at_stage();
  }

  void look_at_scores() {
    const Thresholds& limits = book_.thresholds;
    if (limits.tag || limits.quarantine || limits.defer || limits.reject) return;
    const auto scoring =
        std::ranges::find_if(book_.rules, [](const Rule& one) { return one.score != 0 && !one.off; });
    if (scoring == book_.rules.end()) return;
    at_ = static_cast<std::size_t>(scoring - book_.rules.begin());
    add(
        fmt::format("rule '{}' adds to a total that means nothing: no [score] says what it comes to, as in "
                    "quarantine = 8.0",
                    rule().id));
  }

  void look_above() {
    for (std::size_t above = 0; above < at_; ++above) {
      const Rule& other = book_.rules[above];
      if (!other.decides() || other.trial || other.off || other.until) continue;
      if (const std::string_view why = hidden_by(above); !why.empty())
        return add(fmt::format("rule '{}' is hidden by '{}' ({}), which {}; put it above, or remove it",
                               rule().id, other.id, other.where, why));
      if (rule().then == Then::tag && other.then == Then::accept && !rule().trial &&
          compatible(rule().when, other.when, vocabulary_))
        return add(fmt::format("rule '{}' does not tag what '{}' ({}) accepts: put it above", rule().id,
                               other.id, other.where));
    }
  }

  // Rules that go on are passed over behind any that decides; only those that decide are said to be hidden.
  std::string_view hidden_by(std::size_t above) const {
    const Rule& other = book_.rules[above];
    if (possible_[above].only(Truth::yes)) return "always holds";
    if (!rule().decides()) return {};
    if (squeezed(other.written) == squeezed(rule().written)) return "has the same condition";
    return implies(rule().when, other.when, vocabulary_) ? "holds whenever it would" : "";
  }

  void look_at_stage() {
    const auto stage = std::ranges::find(stages_, rule().id, &Stage::rule);
    if (stage == stages_.end() || !rule().decides()) return;
    if (rule().earliest && stage->at && *stage->at >= Phase::rcpt)
      add(fmt::format(
          "rule '{}' cannot be refused earlier than at RCPT: it is decided at {}; leave refuse out",
          rule().id, *stage->at == Phase::rcpt ? "rcpt" : "the " + std::string(name(*stage->at))));
    if (stage->because.empty() || rule().action() < Disposition::defer) return;
    const auto other = std::ranges::find(book_.rules, stage->because, &Rule::id);
    const bool exempted = other != book_.rules.end() && other->then == Then::exempt;
    add(fmt::format(
        "'{}' could decide at {} but waits for the {} because of '{}' ({}); {}", rule().id,
        name(*stage->alone), stage->at ? name(*stage->at) : "message", stage->because, stage->because_where,
        exempted ? "take it out of that exemption if it need not wait" : "put it above if it need not wait"));
  }

  const RuleBook& book_;
  const Vocabulary& vocabulary_;
  const std::vector<Stage> stages_;
  std::vector<Truths> possible_;
  std::vector<Advice> found_;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<Advice> advice(const RuleBook& book, const Vocabulary& vocabulary) {
  return Adviser(book, vocabulary).run();
}

}  // namespace policy
