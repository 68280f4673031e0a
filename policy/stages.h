#pragma once
// What can be known when: at which phase a rule can decide, and for which filters a phase must wait.

#include <string>
#include <vector>

#include "policy/policy.h"
#include "policy/rule.h"

namespace policy {

// What a condition can come to when the facts final at `phase` are known or in trouble and later ones are
// open.
Truths possible_at(const Condition& condition, Phase phase, const Vocabulary& vocabulary);

// Those of the rules that decide and are neither on trial nor off.
std::vector<Stage> stages(const RuleBook& book, const Vocabulary& vocabulary);

// The filters whose facts could settle the verdict at that phase.
std::vector<std::string> awaited(const RuleBook& book, Phase phase, const Vocabulary& vocabulary);

}  // namespace policy
