#include "policy/advice.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "policy/stages.h"

namespace policy {
namespace {

constexpr std::size_t kCombinations = 2000;

// What anyone can write into a message or say in a session.
bool is_forgeable(const Test& test, const Vocabulary& vocabulary) {
  if (test.op == Test::Op::constant) return true;
  const FactId* id = std::get_if<FactId>(&test.left);
  if (!id) return true;  // a header field
  const std::string_view name = vocabulary[*id].name;
  for (const std::string_view said :
       {"from.", "reply_to.", "helo.", "sender.", "message.", "subject", "spf.", "dkim.", "arc.", "dmarc."})
    if (name.starts_with(said)) return true;
  return false;
}

// What a stranger can make of a test.  Of SPF, DKIM and DMARC he brings about whatever he likes, but neither
// a pass nor a domain that passed.  Of ARC all but trust: a chain of others, taken from their mail, passes
// once he has sealed it and any message with it.
Truths forged(const Test& test, const Vocabulary& vocabulary) {
  if (test.op == Test::Op::constant)
    return std::get<bool>(std::get<Value>(test.right)) ? Truth::yes : Truth::no;
  const Truths any = Truths(Truth::yes).with(Truth::no);
  if (!is_forgeable(test, vocabulary)) return Truth::open;
  const FactId* id = std::get_if<FactId>(&test.left);
  if (!id || test.op == Test::Op::troubled) return any;
  const FactSpec& spec = vocabulary[*id];
  if (spec.name == "dkim.pass_domains" || spec.name == "dmarc.aligned")
    return Truths(Truth::no).with(Truth::open);
  if (spec.name == "arc.trusted") return Truths(Truth::no).with(Truth::open);
  if (spec.name == "arc.result") return any;
  const Value* value = std::get_if<Value>(&test.right);
  if (spec.type != Type::outcome || !value || *value != Value(Outcome::pass)) return any;
  return Truths(test.op == Test::Op::different ? Truth::yes : Truth::no).with(Truth::open);
}

// Can a stranger make it hold?  What he cannot forge is taken to be against him.
bool can_be_forged(const Condition& condition, const Vocabulary& vocabulary) {
  return condition.possible([&](const Test& test) { return forged(test, vocabulary); }).has(Truth::yes);
}

// All values a fact of that type can have, when they are few.
std::vector<Value> all_values(const FactSpec& spec) {
  std::vector<Value> values;
  if (spec.type == Type::boolean) values = {Value(false), Value(true)};
  if (spec.type == Type::outcome)
    for (const std::string_view word : kOutcomes) values.emplace_back(*parse_outcome(word));
  if (spec.type == Type::choice)
    for (std::size_t at = 0; at < spec.choices.size();) {
      const std::size_t end = std::min(spec.choices.find(' ', at), spec.choices.size());
      values.emplace_back(Choice{std::string(spec.choices.substr(at, end - at))});
      at = end + 1;
    }
  return values;
}

// What a condition can come to over all values of its facts with few values; other tests can be either.
Truths ever_possible(const Condition& condition, const Vocabulary& vocabulary) {
  std::map<FactId, std::vector<Value>> finite;
  for (const Test& test : condition.tests()) {
    const FactId* id = std::get_if<FactId>(&test.left);
    if (!id || test.op == Test::Op::constant || test.op == Test::Op::troubled) continue;
    if (auto values = all_values(vocabulary[*id]); !values.empty()) finite.emplace(*id, std::move(values));
  }
  std::size_t combinations = 1;
  for (const auto& [id, values] : finite)
    combinations = std::min(kCombinations + 1, combinations * values.size());
  if (combinations > kCombinations) finite.clear(), combinations = 1;

  Truths result;
  for (std::size_t number = 0; number < combinations; ++number) {
    Facts facts(vocabulary);
    std::size_t rest = number;
    for (const auto& [id, values] : finite) {
      facts.set(vocabulary[id].name, values[rest % values.size()]);
      rest /= values.size();
    }
    const Truths here = condition.possible([&](const Test& test) -> Truths {
      const Truth truth = test.evaluate(facts);
      return truth == Truth::open || test.op == Test::Op::troubled ? Truths(Truth::yes).with(Truth::no)
                                                                   : Truths(truth);
    });
    for (const Truth one : {Truth::yes, Truth::no})
      if (here.has(one)) result = result.with(one);
  }
  return result;
}

std::string squeezed(std::string_view condition) {
  std::string text;
  for (const char c : condition)
    if (c != ' ' && c != '\t' && c != '\n' && c != '\r') text += c;
  return text;
}

std::string says(Then then) { return std::string(kThen[static_cast<std::size_t>(then)]); }

}  // namespace

std::vector<Advice> advice(const RuleBook& book, const Vocabulary& vocabulary) {
  std::vector<Advice> found;
  const std::vector<Rule>& rules = book.rules;
  const std::vector<Stage> when = stages(book, vocabulary);
  std::vector<Truths> possible;
  for (const Rule& rule : rules) possible.push_back(ever_possible(rule.when, vocabulary));
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const Rule& rule = rules[i];
    if (rule.off) continue;
    const auto add = [&](std::string message) { found.push_back({i, std::move(message)}); };
    if (rule.until && *rule.until <= book.loaded)
      add(fmt::format("rule '{}' has ended: its until has passed", rule.id));
    if (!possible[i].has(Truth::yes)) {
      add(fmt::format("rule '{}' can never hold", rule.id));
      continue;
    }
    for (std::size_t above = 0; above < i; ++above) {
      const Rule& other = rules[above];
      if (!other.decides() || other.trial || other.off || other.until) continue;
      const bool same = rule.decides() && squeezed(other.written) == squeezed(rule.written);
      if (same || possible[above].only(Truth::yes)) {
        add(fmt::format("rule '{}' is hidden by '{}' ({}), which {}", rule.id, other.id, other.where,
                        same ? "has the same condition" : "always holds"));
        break;
      }
      if (rule.then == Then::tag && other.then == Then::accept && !rule.trial) {
        add(fmt::format("rule '{}' does not tag what '{}' ({}) accepts: put it above", rule.id, other.id,
                        other.where));
        break;
      }
    }
    if ((rule.then == Then::accept || rule.then == Then::exempt) && can_be_forged(rule.own, vocabulary))
      add(fmt::format(
          "rule '{}' ({}) can be met by anyone: nothing in it is authenticated; add dmarc.result == pass, "
          "spf.mailfrom == pass or client.ip",
          rule.id, says(rule.then)));
    const auto stage = std::ranges::find(when, rule.id, &Stage::rule);
    if (stage != when.end() && rule.decides() && !stage->because.empty() &&
        rule.action() >= Disposition::defer)
      add(fmt::format("'{}' could decide at {} but waits for the {} because of '{}' ({})", rule.id,
                      name(*stage->alone), stage->at ? name(*stage->at) : "message", stage->because,
                      stage->because_where));
  }
  return found;
}

}  // namespace policy
