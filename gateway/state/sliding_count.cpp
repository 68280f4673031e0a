#include "gateway/state/sliding_count.h"

#include <algorithm>
#include <numeric>

namespace gateway::state {
namespace {

std::uint32_t slot_at(std::uint32_t window, std::uint32_t now) {
  return now / std::max<std::uint32_t>(1, window / 12);
}

}  // namespace

void SlidingCount::add(double amount, std::uint32_t window, std::uint32_t now) {
  if (!(amount > 0 && amount <= 1e12)) return;
  if (window != window_) {
    *this = SlidingCount();
    window_ = window;
    slot_ = slot_at(window, now);
  }
  advance(slot_at(window, now));
  amounts_[slot_ % kSlots] += static_cast<float>(amount);
}

double SlidingCount::within(std::uint32_t window, std::uint32_t now) const {
  if (window != window_) return 0;
  SlidingCount then = *this;
  then.advance(slot_at(window, now));
  return std::accumulate(then.amounts_.begin(), then.amounts_.end(), 0.0);
}

void SlidingCount::advance(std::uint32_t slot) {
  // A clock that was set back a little goes on in the slot it had reached; one that had been far ahead starts
  // anew.
  const std::uint32_t apart = slot > slot_ ? slot - slot_ : slot_ - slot;
  if (apart >= kSlots) amounts_.fill(0);
  if (slot <= slot_ && apart < kSlots) return;
  for (std::uint32_t i = 1; i <= apart && i < kSlots; ++i) amounts_[(slot - apart + i) % kSlots] = 0;
  slot_ = slot;
}

}  // namespace gateway::state
