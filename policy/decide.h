#pragma once
// Judges facts by the rules, in order.  The same facts give the same verdict, however early it is asked.

#include <cstdint>
#include <optional>
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

 private:
  friend class Judging;
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
