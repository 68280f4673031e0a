#pragma once
// Durations in buckets.

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "gateway/metrics/exposition.h"

namespace gateway::metrics {

class Durations {
 public:
  static constexpr std::array kBounds{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
                                      0.5,   1.0,    2.5,   5.0,  10.0,  30.0, 60.0};  // seconds
  using Buckets = std::array<std::uint64_t, kBounds.size() + 1>;
  static std::size_t bucket_of(double seconds) {
    return static_cast<std::size_t>(std::ranges::lower_bound(kBounds, seconds) - kBounds.begin());
  }

  Durations() = default;
  // Those that somebody else has counted; `sum` in seconds.
  Durations(const Buckets& buckets, double sum) : buckets_(buckets), sum_(sum) {}

  void add(double seconds);
  void add(const Durations& others);
  std::uint64_t count() const;
  // What that share of them does not exceed, in seconds, estimated within its bucket; beyond the last bound
  // that bound.  Nothing: there are none.
  std::optional<double> quantile(double share) const;

  // Of a family that is open: the samples of a histogram.  An empty label: none.
  void tell(Exposition& text, std::string_view label, std::string_view of) const;

 private:
  Buckets buckets_{};
  double sum_ = 0;
};

}  // namespace gateway::metrics
