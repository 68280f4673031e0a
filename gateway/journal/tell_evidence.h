#pragma once
// What was found of each claim, step by step with the records it rests on, and what would make it pass: for
// the postmaster of the other side as much as for ours.

#include "gateway/journal/entry.h"
#include "gateway/journal/page.h"

namespace gateway::journal {

void tell_evidence(Page& page, const Entry& entry);

}  // namespace gateway::journal
