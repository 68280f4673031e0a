#pragma once
// How many sessions a listener has, of all loops together.

#include <atomic>
#include <cstdint>

namespace gateway::smtp {

struct SessionCount {
  std::atomic<std::uint64_t> open{0};   // now
  std::atomic<std::uint64_t> taken{0};  // since the start
};

}  // namespace gateway::smtp
