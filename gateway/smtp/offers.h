#pragma once
// What can be promised to a client only because whoever takes its message from us promises it, too.

#include <cstdint>

namespace gateway::smtp {

struct Offers {
  std::uint64_t most_octets = 0;  // SIZE, RFC 1870; 0: no limit is known

  friend bool operator==(const Offers&, const Offers&) = default;
};

}  // namespace gateway::smtp
