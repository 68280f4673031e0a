// A stranger waits once; who comes again, is known, or cannot be remembered, passes.
#include "filters/greylist/greylist_filter.h"

#include <gtest/gtest.h>

#include "filters/registry.h"
#include "tests/support/answer_book.h"
#include "tests/support/state_scene.h"

namespace filters::greylist {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

constexpr std::string_view kStranger =
    "client.ip=192.0.2.1; spf.mailfrom=none; spf.domain=a.example; sender.address=x@a.example; "
    "rcpt.address=erika@example.com";
constexpr std::string_view kPool1 =
    "client.ip=192.0.2.1; spf.mailfrom=pass; spf.domain=a.example; sender.address=b-17@a.example; "
    "rcpt.address=erika@example.com";
constexpr std::string_view kPool2 =
    "client.ip=198.51.100.9; spf.mailfrom=pass; spf.domain=a.example; sender.address=b-18@a.example; "
    "rcpt.address=erika@example.com";

std::string with(std::string_view facts, std::string_view more) {
  return std::string(facts) + "; " + std::string(more);
}

struct Greylist : testing::Test, support::StateScene {
  Greylist() : StateScene(make_greylist({})) {}

  // As a rule that defers new and waiting ones has it.
  std::string comes(std::string_view facts) {
    std::string word = fact("greylist", facts, "open");
    message(facts, word == "passed" ? "taken" : "defer");
    return word;
  }
  void becomes_known(std::string_view facts) {
    for (int i = 0; i < 4; ++i) {
      comes(facts);
      now += minutes(6);
    }
  }
};

TEST_F(Greylist, AStrangerWaitsAndPassesWhenHeComesAgain) {
  EXPECT_EQ(comes(kStranger), "new");
  now += minutes(4);
  EXPECT_EQ(comes(kStranger), "waiting");
  now += minutes(1);
  EXPECT_EQ(comes(kStranger), "passed");
  now += days(34);
  EXPECT_EQ(comes(kStranger), "passed");
  now += days(34);
  EXPECT_EQ(comes(kStranger), "passed") << "each message keeps him known";
  now += days(36);
  EXPECT_EQ(comes(kStranger), "new");
}

TEST_F(Greylist, WhoComesAgainTooLateIsAStrangerAgain) {
  comes(kStranger);
  now += hours(49);
  EXPECT_EQ(comes(kStranger), "new");
  now += minutes(5);
  EXPECT_EQ(comes(kStranger), "passed");
}

TEST_F(Greylist, AnotherAddressOfThePoolWithSpfPassDoesNotWaitAgain) {
  EXPECT_EQ(comes(kPool1), "new");
  now += minutes(5);
  EXPECT_EQ(comes(kPool2), "passed");
}

TEST_F(Greylist, AnotherNetworkWithoutSpfPassWaits) {
  comes(kStranger);
  now += minutes(5);
  EXPECT_EQ(
      comes("client.ip=198.51.100.9; spf.mailfrom=none; spf.domain=a.example; sender.address=x@a.example; "
            "rcpt.address=erika@example.com"),
      "new");
}

TEST_F(Greylist, AnotherAddressOfTheSameNetworkDoesNotWaitAgain) {
  comes(kStranger);
  now += minutes(5);
  EXPECT_EQ(
      comes("client.ip=192.0.2.200; spf.mailfrom=none; spf.domain=a.example; sender.address=x@a.example; "
            "rcpt.address=erika@example.com"),
      "passed");
}

TEST_F(Greylist, EachRecipientAndSenderWaitsForItself) {
  comes(kStranger);
  now += minutes(5);
  EXPECT_EQ(comes(with(kStranger, "rcpt.address=max@example.com")), "new");
  EXPECT_EQ(comes(with(kStranger, "sender.address=y@a.example")), "new");
  EXPECT_EQ(comes(with(kStranger, "rcpt.address=ERIKA@example.com")), "passed");
}

TEST_F(Greylist, WhoHasPassedAFewTimesIsKnownToAll) {
  becomes_known(kPool1);
  EXPECT_EQ(comes(with(kPool2, "rcpt.address=new@example.com; sender.address=other@a.example")), "passed");
  EXPECT_EQ(fact("greylist.reason", kPool1),
            "a.example (SPF) is known: 4 messages passed since 2026-06-01T12:06:00Z");
}

TEST_F(Greylist, WhoIsKnownByNetworkIsNotKnownBySpf) {
  becomes_known(kStranger);
  EXPECT_EQ(comes(with(kStranger, "rcpt.address=new@example.com")), "passed");
  EXPECT_EQ(comes(with(kPool1, "rcpt.address=new@example.com")), "new");
}

TEST_F(Greylist, KnownAfterZeroKnowsNobody) {
  filter = make_greylist({.greylist = {.known_after = 0}});
  becomes_known(kPool1);
  EXPECT_EQ(comes(with(kPool1, "rcpt.address=new@example.com")), "new");
}

TEST_F(Greylist, OnlyMailThatWasTakenMakesKnown) {
  comes(kPool1);
  now += minutes(6);
  for (int i = 0; i < 9; ++i) message(kPool1, "defer");
  EXPECT_EQ(fact("greylist", with(kPool1, "rcpt.address=new@example.com"), "open"), "new");
  EXPECT_EQ(fact("greylist", kPool1, "open"), "passed") << "but he does not wait again";
}

TEST_F(Greylist, WhoIsRefusedForGoodHasNotWaited) {
  message(kStranger, "reject");
  EXPECT_EQ(learnt, 0u);
  message(kStranger, "open");
  EXPECT_EQ(learnt, 0u);
  now += minutes(6);
  EXPECT_EQ(comes(kStranger), "new");
}

TEST_F(Greylist, ABounceWaitsAsAnyOther) {
  const std::string bounce =
      "client.ip=192.0.2.1; spf.mailfrom=pass; spf.domain=mx.a.example; sender.address=; "
      "rcpt.address=erika@example.com";
  EXPECT_EQ(comes(bounce), "new");
  now += minutes(5);
  EXPECT_EQ(comes(bounce), "passed");
}

TEST_F(Greylist, TrustedClientsAndRelaysAreNotAskedFor) {
  for (const std::string_view who : {"client.trusted=true", "client.relay=true"}) {
    EXPECT_EQ(fact("greylist", with(kStranger, who)), "passed");
    EXPECT_EQ(asked, 0u);
    EXPECT_EQ(learnt, 0u);
  }
}

TEST_F(Greylist, StateThatDoesNotAnswerLetsPass) {
  state.failed = "no answer\nin time";
  EXPECT_EQ(fact("greylist", kStranger), "passed");
  EXPECT_EQ(fact("greylist.reason", kStranger), "what is remembered cannot be asked: no answer\\x0ain time");
  EXPECT_EQ(learnt, 0u);
}

TEST_F(Greylist, SaysWhyAndUntilWhen) {
  EXPECT_EQ(fact("greylist.until", kStranger, "defer"), "2026-06-01T12:05:00Z");
  now += minutes(1);
  EXPECT_EQ(fact("greylist.until", kStranger), "2026-06-01T12:05:00Z");
  EXPECT_EQ(fact("greylist.reason", kStranger), "192.0.2.0/24 came first at 2026-06-01T12:00:00Z");
}

TEST_F(Greylist, AClockThatWasSetBackKeepsNobodyWaiting) {
  comes(kStranger);
  now -= days(2);
  EXPECT_EQ(comes(kStranger), "passed");
}

TEST_F(Greylist, WithoutAClientThereIsNothingToSay) {
  EXPECT_EQ(fact("greylist", "sender.address=x@a.example; rcpt.address=erika@example.com"),
            "troubled: client.ip or sender.address is not known");
  EXPECT_EQ(asked, 0u);
  EXPECT_EQ(learnt, 0u);
}

TEST_F(Greylist, KeysStayWithinTheBoundOfTheState) {
  const std::string longest =
      std::string(63, 'a') + "." + std::string(63, 'b') + "." + std::string(63, 'c') + ".example";
  const Vocabulary vocabulary = make_vocabulary();
  Facts facts(vocabulary);
  facts.set("client.ip", IpAddress::parse("192.0.2.1").value());
  facts.set("sender.address", Address::odd(std::string(3000, 's') + "@" + longest));
  facts.set("rcpt.address", Address::parse(std::string(256, 'r') + "@" + longest).value());
  facts.set("now", now);
  facts.set("spf.mailfrom", Outcome::pass);
  facts.set("spf.domain", Domain::parse(longest).value());
  for (const Question& question : filter->examine(facts, {}).questions)
    EXPECT_LE(std::get<StateQuestion>(question).key.size(), 1024u);
}

}  // namespace
}  // namespace filters::greylist
