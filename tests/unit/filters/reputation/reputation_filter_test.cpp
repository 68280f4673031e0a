// Days since a domain, proven, was accepted first.
#include "filters/reputation/reputation_filter.h"

#include <gtest/gtest.h>

#include "filters/registry.h"
#include "tests/support/state_scene.h"

namespace filters::reputation {
namespace {

using std::chrono::days;
using std::chrono::hours;

constexpr std::string_view kPass = "spf.mailfrom=pass; sender.domain=a.example";
constexpr std::string_view kForged = "spf.mailfrom=fail; sender.domain=a.example";

struct SenderSeen : testing::Test, support::StateScene {
  SenderSeen() : StateScene(make_sender({})) {}
  std::string seen(std::string_view facts, std::string_view ends = "taken") {
    return fact("sender.seen_days", facts, ends);
  }
};

TEST_F(SenderSeen, CountsWholeDaysFromTheFirstMessageTaken) {
  EXPECT_EQ(seen(kPass), "0");
  now += hours(23);
  EXPECT_EQ(seen(kPass), "0");
  now += hours(1);
  EXPECT_EQ(seen(kPass), "1");
  now += days(300);
  EXPECT_EQ(seen(kPass), "301");
  now += days(366);
  EXPECT_EQ(seen(kPass), "0") << "who has not written for a year is new again";
}

TEST_F(SenderSeen, OnlyMailThatWasTakenCounts) {
  for (const std::string_view ends : {"reject", "defer", "accept", "open"}) {
    seen(kPass, ends);
    EXPECT_EQ(learnt, 0u) << ends;
  }
  now += days(3);
  EXPECT_EQ(seen(kPass), "0");
}

TEST_F(SenderSeen, WhoProvesNothingHasNeverBeenSeenAndTeachesNothing) {
  seen(kPass);
  now += days(9);
  EXPECT_EQ(seen(kForged), "0");
  EXPECT_EQ(asked, 0u);
  EXPECT_EQ(learnt, 0u);
  EXPECT_EQ(seen(kPass), "9");
}

TEST_F(SenderSeen, ABounceIsOfNoDomain) {
  EXPECT_EQ(seen("spf.mailfrom=pass; sender.domain="), "0");
  EXPECT_EQ(learnt, 0u);
}

TEST_F(SenderSeen, TroubleIsNoFirstContact) {
  EXPECT_EQ(seen("spf.mailfrom=!timeout; sender.domain=a.example"), "troubled: spf.mailfrom is not known");
  EXPECT_EQ(learnt, 0u);
  state.failed = "no answer in time";
  EXPECT_EQ(seen(kPass), "troubled: what is remembered cannot be asked: no answer in time");
}

TEST_F(SenderSeen, AClockThatWasSetBackGivesNoNegativeDays) {
  seen(kPass);
  now -= days(5);
  EXPECT_EQ(seen(kPass), "0");
}

TEST(FromSeen, GoesByTheAuthorsDomainAndDmarc) {
  support::StateScene scene(make_from({}));
  EXPECT_EQ(scene.fact("from.seen_days", "dmarc.result=pass; from.domain=a.example"), "0");
  scene.now += days(2);
  EXPECT_EQ(scene.fact("from.seen_days", "dmarc.result=pass; from.domain=a.example"), "2");
  EXPECT_EQ(scene.fact("from.seen_days", "dmarc.result=fail; from.domain=a.example"), "0");
  EXPECT_EQ(scene.fact("from.seen_days", "dmarc.result=pass; from.domain=b.example"), "0");
}

TEST(FromSeen, WithoutTheFilterThatWouldProveItNobodyHasBeenSeen) {
  const Vocabulary vocabulary = make_vocabulary({"dmarc"});
  Facts facts(vocabulary);
  facts.set("now", Time(days(20'000)));
  const Finding finding = make_from({})->examine(facts, {});
  ASSERT_EQ(finding.facts.size(), 1u);
  EXPECT_EQ(finding.facts[0].fact.value, Value(0.0));
}

}  // namespace
}  // namespace filters::reputation
