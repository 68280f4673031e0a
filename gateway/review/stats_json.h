#pragma once
// Counts of a period as JSON: what `postern stats --json` prints and /api/v1/stats answers.

#include <string>

#include "gateway/journal/index/summary.h"

namespace gateway::review {

std::string stats_json(const journal::index::Tally& tally, Time since, Time until);

}  // namespace gateway::review
