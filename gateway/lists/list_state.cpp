#include "gateway/lists/list_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace gateway::lists {
namespace {

using filters::dnsxl::TestResult;

constexpr unsigned kMostRelapses = 6;  // a minute doubled so often is an hour
constexpr double kMemory = 2000;       // answers that the usual share is made of

// A list that lists all who come shows this share; a few are never asked for.
constexpr double kAll = 0.97;
// By how much "it lists all" must be likelier than "as usual": e^7, a thousand to one.
constexpr double kAlarm = 7;

}  // namespace

ListState::News ListState::set_aside(std::string why, Clock::time_point now,
                                     Clock::time_point earliest_back) {
  const bool news = why_.empty() || !known_ || suspected_;
  why_ = std::move(why);
  known_ = true;
  suspected_ = false;
  bad_ = 0;
  excess_ = 0;
  earliest_back_ = std::max(earliest_back_, earliest_back);
  next_ = now + kAside;
  return news ? News::set_aside : News::none;
}

// Out of what messages asked for, which no memory on the way can have answered; so its test points alone do
// not bring it back at once, and each time later.
ListState::News ListState::bad_answer(std::string why, Clock::time_point now) {
  if (++bad_ < kMostBad) return News::none;
  relapses_ = back_ && now - *back_ < kSound ? std::min(relapses_ + 1, kMostRelapses) : 0;
  return set_aside(std::move(why), now, now + kAside * (1 << relapses_));
}

// Sums up how much better each answer fits a list that lists all than the usual one (Page's CUSUM test).
bool ListState::lists_far_more(bool listed) {
  const double usual = std::clamp(listed_ / all_, 0.02, 0.9);
  excess_ += listed ? std::log(kAll / usual) : std::log((1 - kAll) / (1 - usual));
  excess_ = std::max(excess_, 0.0);
  all_ += 1;
  if (listed) listed_ += 1;
  if (all_ > kMemory) {
    all_ /= 2;
    listed_ /= 2;
  }
  return excess_ > kAlarm;
}

ListState::News ListState::answered(const DnsAnswer& answer, Clock::time_point now) {
  if (!why_.empty()) return News::none;  // asked before it was set aside
  if (answer.failed())
    return bad_answer(
        fmt::format("it does not answer ({}), {} times in a row", name(answer.status), kMostBad), now);
  const auto error = std::ranges::find_if(answer.records, filters::dnsxl::is_error_code, &DnsRecord::address);
  if (error != answer.records.end())
    return bad_answer(fmt::format("it answers {}, which is an error", filters::dnsxl::told(error->address)),
                      now);
  bad_ = 0;
  if (!lists_far_more(!answer.records.empty()) || now < trusted_until_) return News::none;
  return suspect(now);
}

// A wave of bad clients looks the same: its test points tell, in a moment.
ListState::News ListState::suspect(Clock::time_point now) {
  trusted_until_ = now + kSound;
  why_ = "it suddenly lists far more than before";
  suspected_ = true;
  excess_ = 0;
  next_ = now;
  return News::suspected;
}

ListState::News ListState::tested(const TestResult& result, Clock::time_point now) {
  testing_ = false;
  switch (result.state) {
    case TestResult::State::fails: return set_aside(result.why, now, now);
    case TestResult::State::silent: {
      if (!why_.empty()) return set_aside(known_ ? why_ : result.why, now, now);
      const News news = bad_answer(result.why, now);
      if (news == News::none) next_ = now + kAgain;
      return news;
    }
    case TestResult::State::holds: break;
  }
  next_ = now + kSound;
  if (why_.empty()) return News::none;
  if (now < earliest_back_) {
    next_ = earliest_back_;
    return News::none;
  }
  const bool nothing_was_wrong = !known_ || suspected_;
  known_ = true;
  suspected_ = false;
  why_.clear();
  bad_ = 0;
  if (nothing_was_wrong) return News::none;
  back_ = now;
  return News::back;
}

}  // namespace gateway::lists
