#pragma once
// Counts what the sessions of one event loop came to; /metrics adds those of all loops together.

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>

#include "gateway/journal/entry.h"
#include "gateway/metrics/durations.h"

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
