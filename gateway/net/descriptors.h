#pragma once
// How many descriptors the process may have open, and how many of them connections may take.  The rest is
// kept for what sessions under way need (mailstores, files, look-ups): a flood at the door stops no message.

#include <cstdint>

namespace gateway::net {

struct DescriptorNeed {
  std::uint64_t connections = 0;  // limits.connections
  std::uint64_t besides = 0;      // of everything else
};

struct DescriptorPlan {
  std::uint64_t limit = 0;  // RLIMIT_NOFILE to have
  // The kernel gives the lowest number that is free, so a connection with this number or a higher one means
  // that all below are in use.
  int ceiling = 0;
  bool enough = true;  // for all connections at once, each with a message in memory
};

// What to do with these limits.  Each connection may have a file of its own, for a message too large for
// memory; where that cannot be had, connections come before files.
DescriptorPlan plan_descriptors(const DescriptorNeed& need, std::uint64_t soft, std::uint64_t hard);

// Raises the soft limit as planned; it is never lowered.
DescriptorPlan raise_descriptor_limit(const DescriptorNeed& need);

}  // namespace gateway::net
