#pragma once
// The journal of a period judged again, on all cores.

#include <functional>

#include "gateway/pipeline/in_force.h"
#include "gateway/replay/day_lines.h"
#include "gateway/replay/differences.h"
#include "gateway/replay/todays_dns.h"

namespace gateway::replay {

struct Plan {
  const pipeline::InForce& in_force;  // whose policy judges
  DayLines& lines;
  Period period;
  bool trial = false;       // sum up what rules on trial would do, too
  std::size_t samples = 3;  // of each group
  unsigned threads = 1;
  std::function<bool()> enough = {};  // asked from any thread after some thousand records: true ends it early
  const TodaysDns* dns = nullptr;     // asked again for each transaction; null: what was recorded counts
};

// `progress` is called a few times a second with the share that was read, up to 1.  Throws what the readers
// throw.
Differences run(const Plan& plan, const std::function<void(double)>& progress = {});

}  // namespace gateway::replay
