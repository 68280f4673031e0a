#pragma once
// Whether one DNS list may be asked: a small machine without a clock or I/O.  It is set aside until its test
// points have been seen to hold, when they no longer do, when it stops answering or answers with errors, and
// when it suddenly lists far more than before.

#include <chrono>
#include <optional>
#include <string>

#include "filters/dnsxl/test_points.h"
#include "gateway/vocabulary.h"

namespace gateway::lists {

class ListState {
 public:
  using Clock = std::chrono::steady_clock;

  static constexpr std::chrono::minutes kSound{10};  // between tests of a list in order
  static constexpr std::chrono::minutes kAside{1};   // between tests of one that is set aside
  static constexpr std::chrono::seconds kAgain{5};   // after a test without an answer
  static constexpr unsigned kMostBad = 3;            // answers in a row that are none, or errors

  // What an administrator hears of.
  enum class News { none, suspected, set_aside, back };

  // Empty: it may be asked.
  const std::string& why_aside() const { return why_; }

  // An answer that came to a question of some message.
  News answered(const DnsAnswer& answer, Clock::time_point now);

  // When its test points are to be asked for next.
  Clock::time_point next_test() const { return testing_ ? Clock::time_point::max() : next_; }
  void test_begins() { testing_ = true; }
  News tested(const filters::dnsxl::TestResult& result, Clock::time_point now);
  bool was_tested() const { return known_; }

 private:
  News set_aside(std::string why, Clock::time_point now, Clock::time_point earliest_back);
  News suspect(Clock::time_point now);
  News bad_answer(std::string why, Clock::time_point now);
  bool lists_far_more(bool listed);

  std::string why_ = "it has not been tested yet";
  bool known_ = false;  // it was tested, with whatever result
  bool testing_ = false;
  bool suspected_ = false;             // set aside only until it has been tested
  Clock::time_point next_{};           // at once
  Clock::time_point earliest_back_{};  // however soon its points hold again: they may be remembered somewhere
  std::optional<Clock::time_point> back_;  // when it came back
  unsigned relapses_ = 0;                  // how often it was set aside soon after it had come back
  unsigned bad_ = 0;                       // answers, in a row
  Clock::time_point trusted_until_{};      // that it lists more has just been looked into
  double listed_ = 1, all_ = 10;           // answers that listed, and all; to begin with, a guess
  double excess_ = 0;                      // how much more it seems to list than before
};

}  // namespace gateway::lists
