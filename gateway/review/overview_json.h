#pragma once
// The Overview, for programs.

#include <string>

#include "gateway/review/overview.h"
#include "gateway/review/world.h"

namespace gateway::review {

std::string to_json(const Overview& view, const Status& status, std::size_t top);

}  // namespace gateway::review
