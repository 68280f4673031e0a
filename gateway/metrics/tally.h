#pragma once
// Counts what the sessions of one event loop came to; /metrics adds those of all loops together.

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>

#include "gateway/journal/entry.h"
#include "gateway/metrics/exposition.h"

namespace gateway::metrics {

// Counts by words that are few: rules, filters, outcomes.  Words beyond many hundreds are counted as "other".
class Counts {
 public:
  void add(std::string_view word, std::uint64_t more = 1);
  void add(const Counts& others);
  const std::map<std::string, std::uint64_t, std::less<>>& all() const { return counts_; }

 private:
  std::map<std::string, std::uint64_t, std::less<>> counts_;
};

// Durations in buckets, in seconds.
class Durations {
 public:
  static constexpr std::array kBounds{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
                                      0.5,   1.0,    2.5,   5.0,  10.0,  30.0, 60.0};
  void add(double seconds);
  void add(const Durations& others);
  void tell(Exposition& text, std::string_view label, std::string_view of) const;

 private:
  std::array<std::uint64_t, kBounds.size() + 1> buckets_{};
  double sum_ = 0;
};

class Tally {
 public:
  using Elapsed = std::chrono::steady_clock::duration;

  void transaction(const journal::Entry& entry);
  void session(std::string_view ended);                          // a connection without a transaction
  void examined(std::string_view filter, Elapsed from_to_done);  // with its waits for answers

  static void tell(std::span<const std::unique_ptr<Tally>> all, Exposition& text);

 private:
  struct Sums {
    std::map<std::string, Counts, std::less<>> verdicts;  // the rules by their verdict
    Counts trial;
    std::map<std::string, Counts, std::less<>> evidence;    // outcomes by method
    std::map<std::string, Counts, std::less<>> recipients;  // their fate by mailstore
    Counts sessions;
    Durations duration;
    std::map<std::string, Durations, std::less<>> filters;
    std::uint64_t octets = 0;
    void add(const Sums& others);
  };

  std::mutex mutex_;  // whoever reads is seldom there
  Sums sums_;
};

}  // namespace gateway::metrics
