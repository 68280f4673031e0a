#pragma once
// What a replay found, for people and for programs.

#include <string>
#include <vector>

#include "gateway/journal/page.h"
#include "gateway/pipeline/in_force.h"
#include "gateway/replay/differences.h"
#include "gateway/replay/run.h"

namespace gateway::replay {

struct Report {
  const Differences& differences;
  const pipeline::InForce& in_force;
  Period period;
  bool trial = false;
};

// Lines ended by LF, safe for a terminal.
std::string tell(const Report& report, journal::PageStyle style);

// One object, without a line end.
std::string as_json(const Report& report);

// "refused", "accepted", …: how people say that the action was taken.
std::string_view past(policy::Disposition action);

// The groups of a kind, in the order they are told: what would be accepted that was refused, then what would
// be refused that was accepted, then all else; within that the largest first.
using Row = std::pair<const GroupKey*, const Group*>;
std::vector<Row> ordered(const Differences& differences, Retried::Kind kind);

}  // namespace gateway::replay
