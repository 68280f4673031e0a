#pragma once
// Lists of networks, as the configuration names them.

#include <algorithm>
#include <span>

#include "gateway/vocabulary.h"

namespace gateway::net {

inline bool contains(std::span<const Network> networks, const IpAddress& ip) {
  return std::ranges::any_of(networks, [&](const Network& network) { return network.contains(ip); });
}

}  // namespace gateway::net
