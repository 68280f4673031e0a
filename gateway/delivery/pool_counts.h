#pragma once
// How the connections to one server of a mailstore are used now.

namespace gateway::delivery {

struct PoolCounts {
  unsigned most = 0;     // that there may be
  unsigned busy = 0;     // handing over a message
  unsigned idle = 0;     // open, and wait for the next one
  unsigned waiting = 0;  // messages that wait for a connection, because all are busy
};

}  // namespace gateway::delivery
