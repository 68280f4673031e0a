#include "policy/decide.h"

#include <algorithm>
#include <cmath>

namespace policy {
namespace {

constexpr double kPointsOfOne = 1'000'000;
constexpr std::size_t kNamesInReply = 100;  // octets; what is beyond is in the record

}  // namespace

std::string_view name(Disposition disposition) {
  switch (disposition) {
    case Disposition::accept: return "accept";
    case Disposition::quarantine: return "quarantine";
    case Disposition::defer: return "defer";
    case Disposition::reject: return "reject";
  }
  return "accept";
}

std::optional<Disposition> parse_disposition(std::string_view word) {
  using enum Disposition;
  for (const Disposition one : {accept, quarantine, defer, reject})
    if (name(one) == word) return one;
  return std::nullopt;
}

std::string_view name(Truth truth) {
  switch (truth) {
    case Truth::no: return "no";
    case Truth::yes: return "yes";
    default: return "unknown";
  }
}

Points points(double score) { return std::llround(score * kPointsOfOne); }
double score(Points points) { return static_cast<double>(points) / kPointsOfOne; }

Judge::Judge(const RuleBook& book, const Vocabulary& vocabulary)
    : book_(book), program_(vocabulary), now_(vocabulary.find("now")) {
  const auto limit = [](const std::optional<double>& of) {
    return of ? std::optional(points(*of)) : std::nullopt;
  };
  tag_ = limit(book.thresholds.tag);
  quarantine_ = limit(book.thresholds.quarantine);
  defer_ = limit(book.thresholds.defer);
  reject_ = limit(book.thresholds.reject);
  for (const Rule& rule : book.rules)
    lines_.push_back({.condition = program_.add(rule.when),
                      .off = rule.off,
                      .trial = rule.trial,
                      .decides = rule.decides(),
                      .ends = rule.until.has_value(),
                      .until = rule.until.value_or(Time()),
                      .score = points(rule.score)});
}

Time Judge::moment_of(const Facts& facts) const {
  const Fact* now = now_ ? &facts.at(*now_) : nullptr;
  return now && now->known() ? std::get<Time>(now->value) : book_.loaded;
}

std::pair<Disposition, bool> Judge::action_of(Points total) const {
  const auto reached = [&](const std::optional<Points>& limit) { return limit && total >= *limit; };
  if (reached(reject_)) return {Disposition::reject, true};
  if (reached(defer_)) return {Disposition::defer, true};
  if (reached(quarantine_)) return {Disposition::quarantine, true};
  return {book_.by_default, false};
}

// One judging.
class Judging {
 public:
  Judging(const Judge& judge, const Facts& facts, Policy::Moment moment)
      : judge_(judge),
        facts_(facts),
        moment_(moment),
        run_(judge.program_, facts),
        now_(judge.moment_of(facts)) {
    if (!moment.applied || *moment.applied >= judge.lines_.size()) return;
    const Line& line = judge.lines_[*moment.applied];
    if (rule_of(line).then != Then::exempt || !line.trial || !in_force(line)) return;
    exempting_held_ = run_.evaluate(line.condition);
    exempting_ = &rule_of(line);
  }

  Verdict verdict() {
    std::vector<RuleOutcome> outcomes;
    if (moment_.outcomes) outcomes = all_outcomes();
    Verdict verdict = first_that_decides(outcomes);
    verdict.rules = std::move(outcomes);
    return verdict;
  }

 private:
  using Line = Judge::Line;

  // What rules that go on have added so far.
  struct Sum {
    Points sure = 0;
    Points more = 0;  // open scores: what they may still add
    Points less = 0;
    std::vector<const Tag*> tags;
    std::vector<const Rule*> trial;
    const std::string* override_reason = nullptr;
  };
  // A deciding rule that is unknown for good, and what the sum was there.
  struct Doubtful {
    const Rule* rule;
    Points sure;
    std::size_t tags;
    std::size_t trial;
    const std::string* override_reason;
  };

  const Rule& rule_of(const Line& line) const { return judge_.book_.rules[place_of(line)]; }
  bool in_force(const Line& line) const { return !line.off && !(line.ends && now_ >= line.until); }

  std::size_t place_of(const Line& line) const {
    return static_cast<std::size_t>(&line - judge_.lines_.data());
  }
  bool is_applied(const Line& line) const { return moment_.applied == place_of(line); }

  // At the end of the message nothing will be known later: what is open stays unknown for good.
  Truth truth(const Line& line) {
    Truth truth = run_.evaluate(line.condition);
    if (exempting_ && std::ranges::count(exempting_->exempts, rule_of(line).id) > 0)
      truth = both(truth, negated(exempting_held_));
    return truth == Truth::open && moment_.at_end ? Truth::stuck : truth;
  }

  Verdict first_that_decides(const std::vector<RuleOutcome>& outcomes) {
    for (const Line& line : judge_.lines_) {
      if (!in_force(line)) continue;
      const Truth held = outcomes.empty() ? truth(line) : outcomes[place_of(line)].held;
      if (held == Truth::no) continue;
      if (line.trial && !is_applied(line)) {
        if (held == Truth::yes) sum_.trial.push_back(&rule_of(line));
      } else if (!line.decides) {
        add(line, held);
      } else if (held == Truth::open) {
        return {};
      } else if (held == Truth::yes) {
        return both_ways(decided(rule_of(line)));
      } else if (!moment_.trouble_passed) {
        doubtful_.push_back(
            {&rule_of(line), sum_.sure, sum_.tags.size(), sum_.trial.size(), sum_.override_reason});
      }
    }
    return both_ways(by_score());
  }

  void add(const Line& line, Truth held) {
    if (held == Truth::open) (line.score >= 0 ? sum_.more : sum_.less) += line.score;
    if (held != Truth::yes) return;  // in trouble: passed over, and the record says so
    sum_.sure += line.score;
    const Rule& rule = rule_of(line);
    if (!rule.tag.subject.empty() || !rule.tag.header.empty()) sum_.tags.push_back(&rule.tag);
    if (rule.then == Then::exempt && !rule.override_reason.empty() && !sum_.override_reason)
      sum_.override_reason = &rule.override_reason;
  }

  Verdict settle(Disposition action, std::string_view rule) const {
    Verdict verdict;
    verdict.settled = true;
    verdict.action = action;
    verdict.rule = rule;
    verdict.score = score(sum_.sure);
    verdict.score_tag = judge_.tag_ && sum_.sure >= *judge_.tag_;
    verdict.trouble_passed = moment_.trouble_passed;
    if (sum_.override_reason) verdict.override_reason = *sum_.override_reason;
    for (const Tag* tag : sum_.tags) verdict.tags.push_back(*tag);
    for (const Rule* trial : sum_.trial) verdict.trial.push_back(trial->id);
    return verdict;
  }

  Verdict decided(const Rule& rule) {
    if (!rule.override_reason.empty()) sum_.override_reason = &rule.override_reason;
    Verdict verdict = settle(rule.action(), rule.id);
    verdict.earliest = rule.earliest;
    if (rule.action() >= Disposition::defer) verdict.reply = rule.reply.render(facts_);
    return verdict;
  }

  // The default may be stricter than a threshold, so that the outermost totals do not tell.
  bool could_cross() const {
    const auto between = [&](const std::optional<Points>& limit) {
      return limit && sum_.sure + sum_.less < *limit && *limit <= sum_.sure + sum_.more;
    };
    return between(judge_.quarantine_) || between(judge_.defer_) || between(judge_.reject_);
  }

  Verdict by_score() const {
    if (could_cross()) return {};
    const auto [action, scored] = judge_.action_of(sum_.sure);
    Verdict verdict = settle(action, scored ? "@score" : "@default");
    if (action >= Disposition::defer)
      verdict.reply = ReplyTemplate::by_default(action, {}, facts_.vocabulary()).render(facts_);
    return verdict;
  }

  // Each rule in doubt, from the last to the first: if the rest comes to the same action without it, that is
  // the verdict; else it hangs on this rule.
  Verdict both_ways(Verdict rest) {
    if (!rest.settled) return rest;
    const Doubtful* hangs_on = nullptr;
    Disposition action = rest.action;
    for (std::size_t i = doubtful_.size(); i-- > 0;) {
      if (action == doubtful_[i].rule->action()) continue;
      hangs_on = &doubtful_[i];
      action = Disposition::defer;
    }
    return hangs_on ? trouble(*hangs_on) : rest;
  }

  Verdict trouble(const Doubtful& on) {
    sum_.sure = on.sure;
    sum_.tags.resize(on.tags);
    sum_.trial.resize(on.trial);
    sum_.override_reason = on.override_reason;
    Verdict verdict = settle(Disposition::defer, "@trouble");
    verdict.trouble.push_back("rule '" + on.rule->id + "' is unknown");
    std::string names;
    for (const Condition::Doubt& doubt : on.rule->when.doubts(facts_)) {
      verdict.trouble.push_back(doubt.because.empty() ? doubt.fact : doubt.fact + ": " + doubt.because);
      if (names.size() < kNamesInReply) names += (names.empty() ? "" : ", ") + doubt.fact;
    }
    verdict.reply = {451, "4.3",
                     "a look-up failed, try again later: rule '" + on.rule->id + "' hangs on " + names};
    return verdict;
  }

  std::vector<RuleOutcome> all_outcomes() {
    std::vector<RuleOutcome> outcomes;
    outcomes.reserve(judge_.lines_.size());
    for (const Line& line : judge_.lines_) {
      const Rule& rule = rule_of(line);
      RuleOutcome& outcome = outcomes.emplace_back(RuleOutcome{rule.id, Truth::no, {}, rule.trial});
      if (in_force(line)) {
        outcome.held = truth(line);
        if (outcome.held == Truth::open || outcome.held == Truth::stuck)
          for (Condition::Doubt& doubt : rule.when.doubts(facts_))
            outcome.because.push_back(std::move(doubt.fact));
        else if (outcome.held == Truth::no && rule.when.size() != rule.own.size())
          say_exemptions(rule, outcome.because);
      } else {
        outcome.because.push_back(rule.off ? off_because(rule) : "its time has passed");
      }
    }
    return outcomes;
  }

  // A rule that would hold by itself: which exemptions keep it from that.
  void say_exemptions(const Rule& rule, std::vector<std::string>& because) const {
    if (rule.own.evaluate(facts_) != Truth::yes) return;
    for (const Line& line : judge_.lines_) {
      const Rule& other = rule_of(line);
      if (other.then == Then::exempt && !other.trial && in_force(line) &&
          std::ranges::count(other.exempts, rule.id) > 0 && other.own.evaluate(facts_) == Truth::yes)
        because.push_back("exempted by '" + other.id + "'");
    }
  }

  std::string off_because(const Rule& rule) const {
    const Vocabulary& vocabulary = facts_.vocabulary();
    for (const Test& test : rule.own.tests())
      for (const std::string& name : test.names(vocabulary))
        if (const auto id = vocabulary.find(name); id && !vocabulary.enabled(*id))
          return "the filter '" + std::string(vocabulary.filter(*id)) + "' is switched off";
    return "a filter it needs is switched off";
  }

  const Judge& judge_;
  const Facts& facts_;
  const Policy::Moment moment_;
  Program::Run run_;
  const Time now_;
  const Rule* exempting_ = nullptr;  // on trial, and taken as if it were not
  Truth exempting_held_ = Truth::no;
  Sum sum_;
  std::vector<Doubtful> doubtful_;
};

Verdict Judge::decide(const Facts& facts, Policy::Moment moment) const {
  return Judging(*this, facts, moment).verdict();
}

}  // namespace policy
