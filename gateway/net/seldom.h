#pragma once
// For log lines that a flood would repeat.

#include <chrono>
#include <optional>

namespace gateway::net {

class Seldom {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::minutes kPause{1};

  // True at first, then once a minute at the most.
  bool due(Time now = std::chrono::steady_clock::now()) {
    if (last_ && now - *last_ < kPause) return false;
    last_ = now;
    return true;
  }

 private:
  std::optional<Time> last_;
};

}  // namespace gateway::net
