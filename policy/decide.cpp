#include "policy/decide.h"

#include <algorithm>

namespace policy {

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

Disposition Thresholds::judge(double total, Disposition otherwise, bool& crossed) const {
  crossed = true;
  if (reject && total >= *reject) return Disposition::reject;
  if (defer && total >= *defer) return Disposition::defer;
  if (quarantine && total >= *quarantine) return Disposition::quarantine;
  crossed = false;
  return otherwise;
}

namespace {

constexpr std::size_t kNamesInReply = 100;  // octets; what is beyond is in the record

class Judge {
 public:
  Judge(const RuleBook& book, const Facts& facts, Policy::Moment moment)
      : book_(book), facts_(facts), moment_(moment) {
    const Time* now = facts.get<Time>("now");
    now_ = now ? *now : book.loaded;
  }

  Verdict run() {
    Verdict verdict = from(0, {});
    if (moment_.outcomes) verdict.rules = outcomes();
    return verdict;
  }

 private:
  // What rules that go on have added so far.
  struct Sum {
    double sure = 0;
    double more = 0;  // open scores: what they may still add
    double less = 0;
    std::vector<Tag> tags;
    std::vector<std::string> trial;
    std::string override_reason;
  };

  bool in_force(const Rule& rule) const { return !rule.off && (!rule.until || now_ < *rule.until); }

  // At the end of the message nothing will be known later: what is open stays unknown for good.
  Truth truth(const Rule& rule) const {
    const Truth truth = rule.when.evaluate(facts_);
    return truth == Truth::open && moment_.at_end ? Truth::stuck : truth;
  }

  Verdict from(std::size_t first, Sum sum) const {
    for (std::size_t i = first; i < book_.rules.size(); ++i) {
      const Rule& rule = book_.rules[i];
      if (!in_force(rule)) continue;
      const Truth held = truth(rule);
      if (held == Truth::no) continue;
      if (rule.trial) {
        if (held == Truth::yes) sum.trial.push_back(rule.id);
        continue;
      }
      if (!rule.decides()) {
        add(rule, held, sum);
        continue;
      }
      if (held == Truth::open) return unsettled();
      if (held == Truth::yes) return decided(rule, std::move(sum));
      if (moment_.trouble_passed) continue;
      return both_ways(rule, i, std::move(sum));
    }
    return by_score(std::move(sum));
  }

  void add(const Rule& rule, Truth held, Sum& sum) const {
    if (held == Truth::open) {
      (rule.score >= 0 ? sum.more : sum.less) += rule.score;
      return;
    }
    if (held != Truth::yes) return;  // in trouble: passed over, and the record says so
    sum.sure += rule.score;
    if (!rule.tag.subject.empty() || !rule.tag.header.empty()) sum.tags.push_back(rule.tag);
    if (rule.then == Then::exempt && sum.override_reason.empty()) sum.override_reason = rule.override_reason;
  }

  static Verdict unsettled() { return Verdict{}; }

  Verdict settle(Disposition action, std::string rule, Sum sum) const {
    Verdict verdict;
    verdict.settled = true;
    verdict.action = action;
    verdict.rule = std::move(rule);
    verdict.score = sum.sure;
    verdict.score_tag = book_.thresholds.tag && sum.sure >= *book_.thresholds.tag;
    verdict.override_reason = std::move(sum.override_reason);
    verdict.tags = std::move(sum.tags);
    verdict.trial = std::move(sum.trial);
    return verdict;
  }

  Verdict decided(const Rule& rule, Sum sum) const {
    if (!rule.override_reason.empty()) sum.override_reason = rule.override_reason;
    Verdict verdict = settle(rule.action(), rule.id, std::move(sum));
    verdict.earliest = rule.earliest;
    if (rule.action() >= Disposition::defer) verdict.reply = rule.reply.render(facts_);
    return verdict;
  }

  // The rule is unknown for good: if the rest comes to the same action without it, that is the verdict.
  Verdict both_ways(const Rule& rule, std::size_t at, Sum sum) const {
    Verdict rest = from(at + 1, sum);
    if (!rest.settled || rest.action == rule.action()) return rest;
    Verdict verdict = settle(Disposition::defer, "@trouble", std::move(sum));
    verdict.trouble.push_back("rule '" + rule.id + "' is unknown");
    std::string names;
    for (const Condition::Doubt& doubt : rule.when.doubts(facts_)) {
      verdict.trouble.push_back(doubt.because.empty() ? doubt.fact : doubt.fact + ": " + doubt.because);
      if (names.size() < kNamesInReply) names += (names.empty() ? "" : ", ") + doubt.fact;
    }
    verdict.reply = {451, "4.3",
                     "a look-up failed, try again later: rule '" + rule.id + "' hangs on " + names};
    return verdict;
  }

  // The default may be stricter than a threshold, so that the outermost totals do not tell.
  bool could_cross(const Sum& sum) const {
    const auto between = [&](const std::optional<double>& limit) {
      return limit && sum.sure + sum.less < *limit && *limit <= sum.sure + sum.more;
    };
    const Thresholds& limits = book_.thresholds;
    return between(limits.quarantine) || between(limits.defer) || between(limits.reject);
  }

  Verdict by_score(Sum sum) const {
    bool crossed = false;
    const Disposition action = book_.thresholds.judge(sum.sure, book_.by_default, crossed);
    if (could_cross(sum)) return unsettled();
    Verdict verdict = settle(action, crossed ? "@score" : "@default", std::move(sum));
    if (action >= Disposition::defer)
      verdict.reply = ReplyTemplate::by_default(action, {}, facts_.vocabulary()).render(facts_);
    return verdict;
  }

  std::vector<RuleOutcome> outcomes() const {
    std::vector<RuleOutcome> outcomes;
    for (const Rule& rule : book_.rules) {
      RuleOutcome outcome{rule.id, Truth::no, {}, rule.trial};
      if (in_force(rule)) {
        outcome.held = truth(rule);
        if (outcome.held == Truth::open || outcome.held == Truth::stuck)
          for (const Condition::Doubt& doubt : rule.when.doubts(facts_))
            outcome.because.push_back(doubt.fact);
        else if (outcome.held == Truth::no && rule.when.size() != rule.own.size())
          say_exemptions(rule, outcome.because);
      } else {
        outcome.because.push_back(rule.off ? off_because(rule) : "its time has passed");
      }
      outcomes.push_back(std::move(outcome));
    }
    return outcomes;
  }

  // A rule that would hold by itself: which exemptions keep it from that.
  void say_exemptions(const Rule& rule, std::vector<std::string>& because) const {
    if (rule.own.evaluate(facts_) != Truth::yes) return;
    for (const Rule& other : book_.rules)
      if (other.then == Then::exempt && !other.trial && in_force(other) &&
          std::ranges::count(other.exempts, rule.id) > 0 && other.own.evaluate(facts_) == Truth::yes)
        because.push_back("exempted by '" + other.id + "'");
  }

  std::string off_because(const Rule& rule) const {
    const Vocabulary& vocabulary = facts_.vocabulary();
    for (const Test& test : rule.own.tests())
      for (const std::string& name : test.names(vocabulary))
        if (const auto id = vocabulary.find(name); id && !vocabulary.enabled(*id))
          return "the filter '" + std::string(vocabulary.filter(*id)) + "' is switched off";
    return "a filter it needs is switched off";
  }

  const RuleBook& book_;
  const Facts& facts_;
  const Policy::Moment moment_;
  Time now_{};
};

}  // namespace

Verdict decide(const RuleBook& book, const Facts& facts, Policy::Moment moment) {
  return Judge(book, facts, moment).run();
}

}  // namespace policy
