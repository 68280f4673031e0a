#pragma once
// The DNS lists that a configuration asks.

#include <vector>

#include "filters/dnsxl/list.h"

namespace gateway::settings {
struct Settings;
}

namespace gateway::lists {

// Those of the filters that are switched on.
std::vector<filters::dnsxl::DnsList> configured_lists(const settings::Settings& settings);

}  // namespace gateway::lists
