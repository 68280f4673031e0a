// Messages and refused recipients within an hour, counted once per message.
#include "filters/rate/rate_filter.h"

#include <gtest/gtest.h>

#include "filters/rate/rcpt_rate_filter.h"
#include "filters/registry.h"
#include "tests/support/state_scene.h"

namespace filters::rate {
namespace {

using std::chrono::minutes;

constexpr std::string_view kOne = "client.ip=192.0.2.1; sender.domain=a.example";
constexpr std::string_view kSameNetwork = "client.ip=192.0.2.200; sender.domain=b.example";
constexpr std::string_view kOther = "client.ip=198.51.100.1; sender.domain=a.example";
constexpr std::string_view kNull = "client.ip=203.0.113.1; sender.domain=";

struct Rate : testing::Test, support::StateScene {
  Rate() : StateScene(make_rate({})) {}
};

TEST_F(Rate, CountsMessagesOfANetworkAndOfADomain) {
  message(kOne);
  EXPECT_EQ(fact("client.rate", kSameNetwork), "2");
  EXPECT_EQ(fact("sender.rate", kOther), "2");
  EXPECT_EQ(fact("client.rate", kOther), "2");
  EXPECT_EQ(fact("sender.rate", kOne), "4");
  now += minutes(61);
  EXPECT_EQ(fact("client.rate", kOne), "1");
}

TEST_F(Rate, TheNullSenderIsNoDomain) {
  message(kNull);
  EXPECT_EQ(fact("sender.rate", kNull), "0");
  EXPECT_EQ(fact("client.rate", kNull), "3");
}

TEST_F(Rate, CountsRecipientsRefusedBefore) {
  EXPECT_EQ(fact("client.refused_rate", kOne, "reject", 3), "0");
  EXPECT_EQ(fact("client.refused_rate", kSameNetwork, "taken", 2), "3");
  EXPECT_EQ(fact("client.refused_rate", kOne), "5");
  EXPECT_EQ(learnt, 0u);
  EXPECT_EQ(fact("client.refused_rate", kOther), "0");
}

TEST_F(Rate, StateThatDoesNotAnswerAccusesNobody) {
  message(kOne, "reject", 3);
  state.failed = "no answer in time";
  EXPECT_EQ(fact("client.rate", kOne), "0");
  EXPECT_EQ(fact("client.refused_rate", kOne), "0");
  EXPECT_EQ(fact("sender.rate", kOne), "0");
}

TEST_F(Rate, WhatIsNotKnownIsNotCounted) {
  EXPECT_EQ(fact("client.rate", "sender.domain=a.example"), "troubled: client.ip is not known");
  EXPECT_EQ(fact("client.refused_rate", "sender.domain=a.example", "reject", 1),
            "troubled: client.ip is not known");
  EXPECT_EQ(learnt, 0u);
  EXPECT_EQ(fact("sender.rate", "client.ip=192.0.2.1"), "troubled: sender.domain is not known");
}

TEST(RcptRate, CountsMessagesToARecipient) {
  support::StateScene scene(make_rcpt_rate({}));
  EXPECT_EQ(scene.fact("rcpt.rate", "rcpt.address=erika@example.com"), "1");
  EXPECT_EQ(scene.fact("rcpt.rate", "rcpt.address=Erika@EXAMPLE.com"), "2");
  EXPECT_EQ(scene.fact("rcpt.rate", "rcpt.address=max@example.com"), "1");
  EXPECT_EQ(scene.fact("rcpt.rate", ""), "troubled: rcpt.address is not known");
}

}  // namespace
}  // namespace filters::rate
