#pragma once
// How much came within the last hour, or whatever the window is: a ring of twelfths of the window and the one
// that runs.  So what came within the window is counted whole, and what came up to a twelfth before it may
// still be.

#include <array>
#include <chrono>
#include <cstdint>

namespace gateway::state {

class SlidingCount {
 public:
  static constexpr std::size_t kSlots = 13;

  SlidingCount() = default;
  SlidingCount(std::uint32_t window, std::uint32_t slot, const std::array<float, kSlots>& amounts)
      : window_(window), slot_(slot), amounts_(amounts) {}

  // `window` in seconds, 1 at least; another one than before starts anew.  What is no positive number is not
  // added.
  void add(double amount, std::uint32_t window, std::uint32_t now);
  double within(std::uint32_t window, std::uint32_t now) const;

  std::uint32_t window() const { return window_; }
  std::uint32_t slot() const { return slot_; }  // the one that runs, counted from the epoch in twelfths
  const std::array<float, kSlots>& amounts() const {
    return amounts_;
  }  // that of slot n stands at n % kSlots

 private:
  void advance(std::uint32_t slot);

  std::uint32_t window_ = 0;  // nothing was added yet
  std::uint32_t slot_ = 0;
  std::array<float, kSlots> amounts_{};
};

}  // namespace gateway::state
