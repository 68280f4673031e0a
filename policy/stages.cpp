#include "policy/stages.h"

#include <algorithm>
#include <set>

namespace policy {
namespace {

constexpr Phase kAllPhases[] = {Phase::connect, Phase::mail,    Phase::rcpt,
                                Phase::data,    Phase::headers, Phase::message};

// When the last of a test's facts is final.
Phase final_at(const Test& test, const Vocabulary& vocabulary) {
  Phase phase = Phase::connect;
  if (const FactId* id = std::get_if<FactId>(&test.left))
    phase = vocabulary[*id].final_at;
  else
    phase = Phase::headers;
  if (const FactId* id = std::get_if<FactId>(&test.right)) phase = std::max(phase, vocabulary[*id].final_at);
  return phase;
}

// The gateway's own facts are never in trouble.
bool can_be_troubled(const Test& test, const Vocabulary& vocabulary) {
  const FactId* left = std::get_if<FactId>(&test.left);
  const FactId* right = std::get_if<FactId>(&test.right);
  return (left && !vocabulary.filter(*left).empty()) || (right && !vocabulary.filter(*right).empty());
}

Truths possible_of(const Test& test, Phase phase, const Vocabulary& vocabulary) {
  if (test.op == Test::Op::constant)
    return std::get<bool>(std::get<Value>(test.right)) ? Truth::yes : Truth::no;
  if (final_at(test, vocabulary) > phase) return Truth::open;
  const Truths known = Truths(Truth::yes).with(Truth::no);
  return can_be_troubled(test, vocabulary) && test.op != Test::Op::troubled ? known.with(Truth::stuck)
                                                                            : known;
}

bool judges(const RuleBook& book, const Rule& rule) {
  const bool over = rule.until && *rule.until <= book.loaded;
  return rule.decides() && !rule.trial && !rule.off && !over;
}

void add_filters(const Rule& rule, Phase phase, const Vocabulary& vocabulary,
                 std::set<std::string>& filters) {
  const auto add = [&](FactId id) {
    if (vocabulary[id].final_at <= phase && !vocabulary.filter(id).empty())
      filters.emplace(vocabulary.filter(id));
  };
  for (const Test& test : rule.when.tests()) {
    if (test.op == Test::Op::constant) continue;
    if (const FactId* id = std::get_if<FactId>(&test.left)) add(*id);
    if (const FactId* id = std::get_if<FactId>(&test.right)) add(*id);
  }
}

// The exemption that makes a rule wait beyond `phase`.
const Rule* slow_exemption(const RuleBook& book, const Rule& rule, Phase phase,
                           const Vocabulary& vocabulary) {
  for (const Rule& other : book.rules)
    if (other.then == Then::exempt && !other.trial && !other.off &&
        std::ranges::count(other.exempts, rule.id) > 0 &&
        !possible_at(other.own, phase, vocabulary).has(Truth::no))
      return &other;
  return nullptr;
}

}  // namespace

Truths possible_at(const Condition& condition, Phase phase, const Vocabulary& vocabulary) {
  return condition.possible([&](const Test& test) { return possible_of(test, phase, vocabulary); });
}

std::vector<Stage> stages(const RuleBook& book, const Vocabulary& vocabulary) {
  std::vector<Stage> stages;
  std::vector<const Rule*> above;
  for (const Rule& rule : book.rules) {
    if (!judges(book, rule)) continue;
    Stage stage{rule.id, rule.where, {}, {}, {}, {}};
    for (const Phase phase : kAllPhases) {
      if (!stage.alone && possible_at(rule.own, phase, vocabulary).has(Truth::yes)) stage.alone = phase;
      if (stage.at || !possible_at(rule.when, phase, vocabulary).has(Truth::yes)) continue;
      const bool reached = std::ranges::all_of(
          above, [&](const Rule* one) { return possible_at(one->when, phase, vocabulary).has(Truth::no); });
      if (reached) stage.at = phase;
    }
    if (stage.alone && stage.at != stage.alone) {
      const auto slow = std::ranges::find_if(above, [&](const Rule* one) {
        return !possible_at(one->when, *stage.alone, vocabulary).has(Truth::no);
      });
      const Rule* because =
          slow != above.end() ? *slow : slow_exemption(book, rule, *stage.alone, vocabulary);
      if (because) {
        stage.because = because->id;
        stage.because_where = because->where;
      }
    }
    stages.push_back(std::move(stage));
    above.push_back(&rule);
  }
  return stages;
}

std::vector<std::string> awaited(const RuleBook& book, Phase phase, const Vocabulary& vocabulary) {
  std::set<std::string> filters;
  std::set<std::string> so_far;
  bool through = true;  // every rule can be known not to hold: the scores could settle it
  for (const Rule& rule : book.rules) {
    if (!judges(book, rule)) continue;
    const Truths possible = possible_at(rule.when, phase, vocabulary);
    add_filters(rule, phase, vocabulary, so_far);
    if (possible.has(Truth::yes)) filters = so_far;
    if (!possible.has(Truth::no)) {
      through = false;
      break;
    }
  }
  const Thresholds& limits = book.thresholds;
  if (through && (limits.quarantine || limits.defer || limits.reject)) {
    for (const Rule& rule : book.rules) {
      if (rule.off || rule.trial || rule.decides() || rule.score == 0) continue;
      if (!possible_at(rule.when, phase, vocabulary).has(Truth::yes)) continue;
      add_filters(rule, phase, vocabulary, so_far);
      filters = so_far;
    }
  }
  return {filters.begin(), filters.end()};
}

}  // namespace policy
