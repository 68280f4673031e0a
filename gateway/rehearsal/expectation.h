#pragma once
// Holds what came of a rehearsal against what a test expects.

#include <string>
#include <vector>

#include "gateway/rehearsal/test_run.h"

namespace gateway::rehearsal {

// What came of it for one recipient.
struct Ending {
  std::string action;
  std::string rule;
  std::string reply;  // by the verdict, whatever the mode makes of it; or the gateway's own refusal
};
Ending ending_of(const Rehearsal& rehearsal, std::size_t recipient);

// For each recipient; what differs for several is told of each.
std::vector<Difference> differences(const Expectation& expect, const Rehearsal& rehearsal);

}  // namespace gateway::rehearsal
