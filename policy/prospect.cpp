#include "policy/prospect.h"

#include <algorithm>
#include <optional>

#include "policy/decide.h"
#include "policy/facts/text.h"

namespace policy {

bool Missing::has_header(std::string_view name) const {
  return std::ranges::any_of(headers, [&](std::string_view one) { return equal_nocase(one, name); });
}

namespace {

constexpr Disposition kActions[] = {Disposition::accept, Disposition::quarantine, Disposition::defer,
                                    Disposition::reject};

// A set of actions.
class Actions {
 public:
  Actions() = default;
  explicit Actions(Disposition one) { add(one); }
  void add(Disposition one) { bits_ |= 1u << static_cast<unsigned>(one); }
  void add(Actions others) { bits_ |= others.bits_; }
  bool has(Disposition one) const { return (bits_ & (1u << static_cast<unsigned>(one))) != 0; }
  std::vector<Disposition> list() const {
    std::vector<Disposition> all;
    for (const Disposition one : kActions)
      if (has(one)) all.push_back(one);
    return all;
  }
  friend bool operator==(const Actions&, const Actions&) = default;

 private:
  unsigned bits_ = 0;
};

bool is_sure(Truths truths) {
  for (const Truth one : {Truth::no, Truth::yes, Truth::open, Truth::stuck})
    if (truths.only(one)) return true;
  return false;
}

}  // namespace

class Prospecting {
 public:
  Prospecting(const Judge& judge, const Facts& facts, const Missing& missing, Policy::Moment moment)
      : judge_(judge), facts_(facts), missing_(missing), moment_(moment), now_(judge.moment_of(facts)) {}

  Prospect prospect() {
    walk();
    const Actions of_totals = ended_ ? Actions() : totals();
    Actions possible = of_totals;
    std::string_view decides = judge_.action_of(least_).second ? "@score" : "@default";
    std::optional<std::size_t> hangs_on;
    for (std::size_t i = deciding_.size(); i-- > 0;) {
      const Deciding& one = deciding_[i];
      const Actions below = possible;
      possible = through(one, below);
      if (one.truths.only(Truth::yes)) decides = one.rule->id;
      if (one.truths.only(Truth::stuck) && !moment_.trouble_passed && !below.has(one.rule->action()))
        decides = "@trouble";
      if (!is_sure(one.truths) && possible != below) hangs_on = i;
    }
    Prospect found;
    found.possible = possible.list();
    found.rule = decides;
    if (found.possible.size() == 1) {
      if (possible == Actions(Disposition::accept)) say_tags(found);
      return found;
    }
    if (hangs_on) {
      found.rule = deciding_[*hangs_on].rule->id;
      for (std::size_t i = *hangs_on; i < deciding_.size(); ++i) collect(*deciding_[i].rule, found.hangs_on);
    } else {
      found.rule = "@score";
    }
    if (of_totals.list().size() > 1)
      for (const Rule* rule : scoring_) collect(*rule, found.hangs_on);
    return found;
  }

 private:
  struct Deciding {
    const Rule* rule;
    Truths truths;
  };
  // A rule that goes on, and so many of `deciding_` stand above it.
  struct Adding {
    const Rule* rule;
    Points score;
    Truths truths;
    std::size_t behind;
  };

  bool is_missing(const Test& test) const {
    if (test.op == Test::Op::constant) return false;
    const auto* left = std::get_if<FactId>(&test.left);
    const auto* right = std::get_if<FactId>(&test.right);
    const auto* text = std::get_if<HeaderText>(&test.left);
    const auto* count = std::get_if<HeaderCount>(&test.left);
    return (left && missing_.has(*left)) || (right && missing_.has(*right)) ||
           (text && missing_.has_header(text->name)) || (count && missing_.has_header(count->name));
  }

  Truths possible(const Test& test) const {
    if (is_missing(test)) return Truths(Truth::no).with(Truth::yes);
    const Truth truth = test.evaluate(facts_);
    return truth == Truth::open ? Truth::stuck : truth;
  }

  Truths possible(const Rule& rule) const {
    return rule.when.possible([this](const Test& test) { return possible(test); });
  }

  // To the rule that surely decides, or the last.
  void walk() {
    for (std::size_t i = 0; i < judge_.lines_.size() && !ended_; ++i) {
      const Judge::Line& line = judge_.lines_[i];
      const Rule& rule = judge_.book_.rules[i];
      if (line.off || line.trial || (line.ends && now_ >= line.until)) continue;
      const Truths truths = possible(rule);
      if (truths.only(Truth::no)) continue;
      if (line.decides) {
        deciding_.push_back({&rule, truths});
        ended_ = truths.only(Truth::yes);
        continue;
      }
      if (!truths.has(Truth::yes)) continue;
      adding_.push_back({&rule, line.score, truths, deciding_.size()});
      if (line.score != 0) {
        if (truths.only(Truth::yes)) {
          least_ += line.score;
          most_ += line.score;
        } else {
          (line.score > 0 ? most_ : least_) += line.score;
          scoring_.push_back(&rule);
        }
      }
    }
  }

  // What the total may mean: the action changes only where it reaches a threshold.
  Actions totals() const {
    Actions possible(judge_.action_of(least_).first);
    for (const auto& limit : {judge_.quarantine_, judge_.defer_, judge_.reject_})
      if (limit && least_ < *limit && *limit <= most_) possible.add(judge_.action_of(*limit).first);
    return possible;
  }

  // What this rule makes of what those below come to.  See Judging::both_ways().
  Actions through(const Deciding& one, Actions below) const {
    Actions possible;
    if (one.truths.has(Truth::no)) possible.add(below);
    if (one.truths.has(Truth::yes)) possible.add(one.rule->action());
    if (!one.truths.has(Truth::stuck)) return possible;
    if (moment_.trouble_passed) {
      possible.add(below);
      return possible;
    }
    for (const Disposition action : kActions)
      if (below.has(action)) possible.add(action == one.rule->action() ? action : Disposition::defer);
    return possible;
  }

  // Whether a rule that goes on surely counts: one above that may accept as well may end it before.
  bool surely_counts(const Adding& one) const {
    return one.truths.only(Truth::yes) && std::none_of(deciding_.begin(), above(one), is_possible);
  }
  static bool is_possible(const Deciding& one) { return one.truths.has(Truth::yes); }
  std::vector<Deciding>::const_iterator above(const Adding& one) const {
    return deciding_.begin() + static_cast<std::ptrdiff_t>(one.behind);
  }

  void collect(const Adding& one, std::vector<std::string>& names) const {
    if (!one.truths.only(Truth::yes)) collect(*one.rule, names);
    for (auto decider = deciding_.begin(); decider != above(one); ++decider)
      if (is_possible(*decider)) collect(*decider->rule, names);
  }

  void say_tags(Prospect& found) const {
    Points sure = 0;
    Points more = 0;
    for (const Adding& one : adding_) {
      const bool tags = !one.rule->tag.subject.empty() || !one.rule->tag.header.empty();
      if (surely_counts(one)) {
        sure += one.score;
        if (tags) found.tags.push_back(one.rule->tag);
        continue;
      }
      more += std::max<Points>(one.score, 0);
      if (!tags) continue;
      if (found.tags_rule.empty()) found.tags_rule = one.rule->id;
      collect(one, found.tags_hang_on);
    }
    found.score = score(sure);
    found.score_tag = judge_.tag_ && sure >= *judge_.tag_;
    if (!judge_.tag_ || sure + more < *judge_.tag_) return;
    for (const Adding& one : adding_) {  // the header field says the total
      if (one.score == 0 || surely_counts(one)) continue;
      if (found.tags_rule.empty()) found.tags_rule = "@score";
      collect(one, found.tags_hang_on);
    }
  }

  // What is missing of a condition that hangs on it.
  void collect(const Rule& rule, std::vector<std::string>& names) const {
    const Condition& when = rule.when;
    const std::vector<Truths> values = when.all_possible([this](const Test& test) { return possible(test); });
    std::vector<bool> counts(values.size(), false);
    if (!values.empty()) counts.back() = true;
    for (std::size_t at = values.size(); at-- > 0;) {
      const Condition::Node& node = when.nodes()[at];
      counts[at] = counts[at] && !is_sure(values[at]);
      if (!counts[at] || node.kind == Condition::Node::Kind::test) continue;
      counts[node.left] = true;
      if (node.kind != Condition::Node::Kind::negated) counts[node.right] = true;
    }
    for (std::size_t at = 0; at < values.size(); ++at) {
      const Condition::Node& node = when.nodes()[at];
      if (!counts[at] || node.kind != Condition::Node::Kind::test) continue;
      for (std::string& name : when.tests()[node.test].names(facts_.vocabulary())) {
        const auto id = facts_.vocabulary().find(name);
        if (id && !missing_.has(*id)) continue;
        if (std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
      }
    }
  }

  const Judge& judge_;
  const Facts& facts_;
  const Missing& missing_;
  const Policy::Moment moment_;
  const Time now_;
  std::vector<Deciding> deciding_;    // those that may decide
  std::vector<const Rule*> scoring_;  // those whose scores are not sure
  std::vector<Adding> adding_;        // those that may tag or score
  bool ended_ = false;                // the last of them surely does
  Points least_ = 0;
  Points most_ = 0;
};

Prospect Judge::prospect(const Facts& facts, const Missing& missing, Policy::Moment moment) const {
  return Prospecting(*this, facts, missing, moment).prospect();
}

}  // namespace policy
