// When a DNS list is asked, and when not.
#include "gateway/lists/list_state.h"

#include <gtest/gtest.h>

namespace gateway::lists {
namespace {

using filters::dnsxl::TestResult;
using News = ListState::News;
using namespace std::chrono_literals;

const TestResult kHolds{};
const TestResult kFails{TestResult::State::fails, "it lists 127.0.0.1"};
const TestResult kSilent{TestResult::State::silent, "it does not answer (timeout)"};

DnsAnswer code(std::string_view text) {
  DnsAnswer answer;
  answer.status = DnsStatus::ok;
  answer.records.push_back({.text = {}, .address = IpAddress::parse(text).value()});
  return answer;
}

DnsAnswer status(DnsStatus status) {
  DnsAnswer answer;
  answer.status = status;
  return answer;
}

const DnsAnswer kListed = code("127.0.0.2");
const DnsAnswer kNotListed = status(DnsStatus::nxdomain);
const DnsAnswer kTimeout = status(DnsStatus::timeout);

class AList : public testing::Test {
 protected:
  News test(const TestResult& result) {
    EXPECT_LE(state_.next_test(), now_);
    state_.test_begins();
    EXPECT_EQ(state_.next_test(), ListState::Clock::time_point::max());
    return state_.tested(result, now_);
  }
  News answer(const DnsAnswer& answer) { return state_.answered(answer, now_); }
  bool aside() const { return !state_.why_aside().empty(); }
  void pass(std::chrono::seconds time) { now_ += time; }
  void pass_to_next_test() { now_ = std::max(now_, state_.next_test()); }

  ListState state_;
  ListState::Clock::time_point now_{1000h};
};

TEST_F(AList, IsNotAskedBeforeItIsTested) {
  EXPECT_EQ(state_.why_aside(), "it has not been tested yet");
  EXPECT_FALSE(state_.was_tested());
  EXPECT_EQ(test(kHolds), News::none);
  EXPECT_FALSE(aside());
  EXPECT_TRUE(state_.was_tested());
  EXPECT_EQ(state_.next_test(), now_ + 10min);
}

TEST_F(AList, IsSetAsideWhenItsPointsDoNotHold) {
  EXPECT_EQ(test(kFails), News::set_aside);
  EXPECT_EQ(state_.why_aside(), "it lists 127.0.0.1");
  EXPECT_TRUE(state_.was_tested());
  EXPECT_EQ(state_.next_test(), now_ + 1min);
  pass(1min);
  EXPECT_EQ(test(kFails), News::none);  // it is known
  pass(1min);
  EXPECT_EQ(test(kHolds), News::back);
  EXPECT_FALSE(aside());
}

TEST_F(AList, IsSetAsideWhenItsPointsHoldNoLonger) {
  test(kHolds);
  pass(10min);
  EXPECT_EQ(test(kFails), News::set_aside);
  EXPECT_TRUE(aside());
}

TEST_F(AList, ThatIsSilentFromTheStartIsSetAside) {
  EXPECT_EQ(test(kSilent), News::set_aside);
  EXPECT_EQ(state_.why_aside(), "it does not answer (timeout)");
  pass(1min);
  EXPECT_EQ(test(kSilent), News::none);
  pass(1min);
  EXPECT_EQ(test(kHolds), News::back);
}

TEST_F(AList, MayBeSilentOnceOrTwice) {
  test(kHolds);
  pass(10min);
  EXPECT_EQ(test(kSilent), News::none);
  EXPECT_FALSE(aside());
  EXPECT_EQ(state_.next_test(), now_ + 5s);
  pass(5s);
  EXPECT_EQ(test(kSilent), News::none);
  pass(5s);
  EXPECT_EQ(test(kSilent), News::set_aside);
  EXPECT_TRUE(aside());
}

TEST_F(AList, IsSetAsideWhenItStopsAnsweringMessages) {
  test(kHolds);
  EXPECT_EQ(answer(kTimeout), News::none);
  EXPECT_EQ(answer(kTimeout), News::none);
  EXPECT_EQ(answer(kNotListed), News::none);  // it is alive
  EXPECT_EQ(answer(kTimeout), News::none);
  EXPECT_EQ(answer(kTimeout), News::none);
  EXPECT_EQ(answer(status(DnsStatus::servfail)), News::set_aside);
  EXPECT_EQ(state_.why_aside(), "it does not answer (servfail), 3 times in a row");
  EXPECT_EQ(answer(kTimeout), News::none);  // asked before
}

TEST_F(AList, IsSetAsideWhenItAnswersWithErrors) {
  test(kHolds);
  for (const auto* text : {"127.255.255.254", "127.0.0.1"}) EXPECT_EQ(answer(code(text)), News::none);
  EXPECT_EQ(answer(code("203.0.113.9")), News::set_aside);
  EXPECT_EQ(state_.why_aside(), "it answers 203.0.113.9, which is an error");
}

// Its test points may be remembered somewhere, when it is dead already.
TEST_F(AList, StaysAwayLongerEachTimeItFailsMessagesSoonAgain) {
  test(kHolds);
  const auto fail = [this] {
    for (int i = 0; i < 3; ++i) answer(kTimeout);
    ASSERT_TRUE(aside());
  };
  const auto minutes_away = [this] {
    const auto from = now_;
    while (aside()) {
      pass_to_next_test();
      test(kHolds);
    }
    return std::chrono::floor<std::chrono::minutes>(now_ - from).count();
  };
  fail();
  EXPECT_EQ(minutes_away(), 1);
  fail();
  EXPECT_EQ(minutes_away(), 2);
  fail();
  EXPECT_EQ(minutes_away(), 4);
  for (int i = 0; i < 9; ++i) {
    fail();
    EXPECT_LE(minutes_away(), 64);
  }
  pass(20min);
  fail();
  EXPECT_EQ(minutes_away(), 1);
}

TEST_F(AList, ThatListsEverybodyAllOfASuddenIsTestedAtOnce) {
  test(kHolds);
  for (int i = 0; i < 200; ++i) EXPECT_EQ(answer(i % 20 == 0 ? kListed : kNotListed), News::none);
  int listed = 0;
  News news = News::none;
  while (news == News::none && listed < 10) {
    news = answer(kListed);
    ++listed;
  }
  EXPECT_EQ(news, News::suspected);
  EXPECT_LE(listed, 4);
  EXPECT_EQ(state_.why_aside(), "it suddenly lists far more than before");
  EXPECT_EQ(test(kFails), News::set_aside);
  EXPECT_EQ(state_.why_aside(), "it lists 127.0.0.1");
}

TEST_F(AList, IsBackAtOnceWhenItWasAWaveOfBadClients) {
  test(kHolds);
  for (int i = 0; i < 20; ++i)
    if (answer(kListed) != News::none) break;
  ASSERT_TRUE(aside());
  EXPECT_EQ(test(kHolds), News::none);
  EXPECT_FALSE(aside());
  for (int i = 0; i < 100; ++i) EXPECT_EQ(answer(kListed), News::none);  // it has just been looked into
}

TEST_F(AList, ThatListsMostOfThoseWhoComeIsNotSuspectedForIt) {
  test(kHolds);
  for (int i = 0; i < 20; ++i) answer(kListed);
  if (aside()) test(kHolds);
  pass(11min);
  for (int i = 0; i < 2000; ++i) answer(i % 5 == 0 ? kNotListed : kListed);
  if (aside()) test(kHolds);
  pass(11min);
  unsigned suspected = 0;
  for (int i = 0; i < 2000; ++i)
    if (answer(i % 5 == 0 ? kNotListed : kListed) == News::suspected) ++suspected;
  EXPECT_EQ(suspected, 0u);
}

}  // namespace
}  // namespace gateway::lists
