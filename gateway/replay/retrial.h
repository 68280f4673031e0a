#pragma once
// A recorded transaction judged again by the policy in force here, one recipient at a time.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/journal/recorded.h"
#include "gateway/replay/recorded_facts.h"
#include "policy/verdict.h"

namespace gateway::replay {

// What a rule on trial would have made of a verdict, were it applied.
struct TrialHit {
  std::string rule;
  policy::Disposition would = policy::Disposition::accept;
  bool differs = false;  // from the verdict without it
};

struct Retried {
  enum class Kind {
    same,
    other_rule,  // the action is the same, another rule decides
    other_tags,  // accepted as before, by the same rule, with other tags or another header field of the score
    changed,     // another action
    cannot_tell,  // it hangs on what is missing
    outside,      // the gateway itself refused it: no policy changes that
    undecided     // no verdict was given: no message came
  };
  Kind kind = Kind::same;
  const journal::Recorded& record;
  std::string_view recipient;  // empty: judged before there was one
  policy::Disposition before = policy::Disposition::accept;
  policy::Disposition after = policy::Disposition::accept;
  std::string_view rule_before;  // outside: what refused
  std::string rule_after;        // cannot_tell: the rule it hangs on
  std::vector<std::string> hangs_on;
  bool tags_hang = false;   // cannot_tell: accepted all the same, but with which tags is not to be told
  bool no_message = false;  // what it hangs on would have come with the message
  std::string tags;         // "+new -old": the rules whose tags differ, "@score" for the field of the score
  std::vector<TrialHit> trial;
};

class Retrial {
 public:
  // `trial` asks for Retried::trial, which costs a judging for each rule that held.
  Retrial(const pipeline::InForce& in_force, bool trial);

  // The record must have been read with wanted().options().
  const Wanted& wanted() const { return wanted_; }
  void judge(const journal::Recorded& recorded, const std::function<void(const Retried&)>& each) const;

 private:
  Retried judge_one(const journal::Recorded& recorded, const journal::RecordedRecipient* recipient,
                    const policy::Verdict& before) const;
  void compare(Retried& retried, const policy::Verdict& before, const policy::Verdict& after,
               bool exact) const;
  void look_ahead(Retried& retried, const policy::Prospect& prospect, bool complete) const;
  void compare_tags(Retried& retried, const policy::Verdict& before, policy::Prospect prospect) const;
  void try_trials(Retried& retried, const RecordedFacts& facts, const policy::Verdict& verdict,
                  policy::Policy::Moment moment) const;

  const pipeline::InForce& in_force_;
  const Wanted wanted_;
  const bool trial_;
  const std::vector<std::string> rule_ids_;
};

}  // namespace gateway::replay
