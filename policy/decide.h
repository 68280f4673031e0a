#pragma once
// Judges facts by the rules, in order.  The same facts give the same verdict, however early it is asked.

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "policy/policy.h"
#include "policy/program.h"
#include "policy/rule.h"

namespace policy {

// Scores add up in millionths, so that the order in which they become known cannot move a total across a
// threshold, and 0.1 and 0.2 make 0.3.
using Points = std::int64_t;
Points points(double score);
double score(Points points);

// A rule book made ready to be judged by.
class Judge {
 public:
  // The book must outlive the judge and not be changed.
  Judge(const RuleBook& book, const Vocabulary& vocabulary);

  // Allocates nothing when no rule decides and nothing is tagged, in trouble or asked for.
  Verdict decide(const Facts& facts, Policy::Moment moment) const;
  Prospect prospect(const Facts& facts, const Missing& missing, Policy::Moment moment) const;

 private:
  friend class Judging;
  friend class Prospecting;
  // What of a rule is looked at for every message.
  struct Line {
    Program::Place condition = 0;
    bool off = false;
    bool trial = false;
    bool decides = false;
    bool ends = false;
    Time until{};
    Points score = 0;
  };

  // `now`, where it is known.
  Time moment_of(const Facts& facts) const;
  // What a total means, and whether a threshold says so or the default.
  std::pair<Disposition, bool> action_of(Points total) const;

  const RuleBook& book_;
  Program program_;
  std::vector<Line> lines_;  // of book_.rules
  std::optional<Points> tag_;
  std::optional<Points> quarantine_;
  std::optional<Points> defer_;
  std::optional<Points> reject_;
  std::optional<FactId> now_;
};

}  // namespace policy
