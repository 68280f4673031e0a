#pragma once
// Why a test came out as it did, in a few lines for people.

#include <string>
#include <vector>

#include "gateway/rehearsal/expectation.h"
#include "policy/policy.h"

namespace gateway::rehearsal {

// Which rule decided for the first recipient, and of it and of the rules that the test expects something of:
// how they came out and the values of the facts they name.
std::vector<std::string> reasons(const Expectation& expect, const Rehearsal& rehearsal,
                                 const std::vector<policy::RuleInfo>& rules);

}  // namespace gateway::rehearsal
