#pragma once
// Judges facts by the rules, in order.  The same facts give the same verdict, however early it is asked.

#include "policy/policy.h"
#include "policy/rule.h"

namespace policy {

Verdict decide(const RuleBook& book, const Facts& facts, Policy::Moment moment);

}  // namespace policy
