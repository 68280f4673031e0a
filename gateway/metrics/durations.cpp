#include "gateway/metrics/durations.h"

#include <fmt/format.h>

#include <numeric>

namespace gateway::metrics {

void Durations::add(double seconds) {
  ++buckets_[bucket_of(seconds)];
  sum_ += seconds;
}

void Durations::add(const Durations& others) {
  for (std::size_t i = 0; i < buckets_.size(); ++i) buckets_[i] += others.buckets_[i];
  sum_ += others.sum_;
}

std::uint64_t Durations::count() const {
  return std::accumulate(buckets_.begin(), buckets_.end(), std::uint64_t{0});
}

std::optional<double> Durations::quantile(double share) const {
  const std::uint64_t all = count();
  if (all == 0) return std::nullopt;
  const double wanted = share * static_cast<double>(all);
  double below = 0;
  for (std::size_t i = 0; i < kBounds.size(); ++i) {
    const auto here = static_cast<double>(buckets_[i]);
    if (here > 0 && below + here >= wanted) {
      const double from = i == 0 ? 0 : kBounds[i - 1];
      return from + (kBounds[i] - from) * std::max(0.0, wanted - below) / here;
    }
    below += here;
  }
  return kBounds.back();
}

void Durations::tell(Exposition& text, std::string_view label, std::string_view of) const {
  std::uint64_t count = 0;
  const auto sample = [&](std::string_view suffix, double value, std::string_view bound = {}) {
    if (label.empty() && bound.empty()) return text.sample(suffix, {}, value);
    if (label.empty()) return text.sample(suffix, {{"le", bound}}, value);
    if (bound.empty()) return text.sample(suffix, {{label, of}}, value);
    text.sample(suffix, {{label, of}, {"le", bound}}, value);
  };
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    count += buckets_[i];
    sample("_bucket", static_cast<double>(count),
           i < kBounds.size() ? fmt::format("{}", kBounds[i]) : "+Inf");
  }
  sample("_count", static_cast<double>(count));
  sample("_sum", sum_);
}

}  // namespace gateway::metrics
