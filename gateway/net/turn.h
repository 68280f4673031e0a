#pragma once
// A loop belongs to all its connections: one that has moved much without waiting lets the others have their
// turn, so that nobody waits for a large message longer than for a small one.

#include <boost/asio/post.hpp>
#include <cstddef>

#include "gateway/net/asio.h"

namespace gateway::net {

class Turn {
 public:
  void begin() { octets_ = steps_ = 0; }  // the others have just had theirs
  void moved(std::size_t octets) {
    octets_ += octets;
    ++steps_;
  }
  bool over() const { return octets_ >= kOctets || steps_ >= kSteps; }

 private:
  static constexpr std::size_t kOctets = 256 << 10;  // about a millisecond of work in new memory
  static constexpr std::size_t kSteps = 32;

  std::size_t octets_ = 0;
  std::size_t steps_ = 0;
};

// Goes on when the others have had their turn.
inline asio::awaitable<void> give_way() { co_await asio::post(asio::use_awaitable); }

}  // namespace gateway::net
