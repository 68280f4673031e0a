#pragma once
// The Overview and the status of the gateway, for programs.

#include <string>

#include "gateway/review/overview.h"
#include "gateway/review/world.h"

namespace gateway::review {

std::string to_json(const Overview& view, const Status& status, std::size_t top);
std::string to_json(const Status& status);

}  // namespace gateway::review
