#include "gateway/state/trouble_memory.h"

#include <gtest/gtest.h>

#include "tests/support/named.h"

namespace gateway::state {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr Time kStart{seconds(1'000'000'000)};

TroubleKey key(std::string_view client, std::string_view sender, std::string_view recipient) {
  return {IpAddress::parse(client).value(), sender.empty() ? Address() : Address::parse(sender).value(),
          Address::parse(recipient).value()};
}
TroubleKey numbered(int i) { return key("192.0.2.1", std::to_string(i) + "@a.example", "u@example.com"); }

TEST(TroubleMemory, CountsFromTheFirstDeferralUntilItIsSettled) {
  TroubleMemory memory;
  const TroubleKey one = numbered(1);
  EXPECT_EQ(memory.since(one, kStart), seconds(0));
  memory.deferred(one, kStart);
  EXPECT_EQ(memory.since(one, kStart), seconds(0));
  memory.deferred(one, kStart + hours(1));
  EXPECT_EQ(memory.since(one, kStart + hours(5)), hours(5));
  memory.settled(one);
  EXPECT_EQ(memory.since(one, kStart + hours(5)), seconds(0));
  EXPECT_EQ(memory.size(), 0u);
}

TEST(TroubleMemory, WhoDoesNotTryAgainForADayStartsAnew) {
  TroubleMemory memory;
  memory.deferred(numbered(1), kStart);
  EXPECT_EQ(memory.since(numbered(1), kStart + hours(24)), hours(24));
  EXPECT_EQ(memory.since(numbered(1), kStart + hours(25)), seconds(0));
  memory.deferred(numbered(1), kStart + hours(25));
  EXPECT_EQ(memory.since(numbered(1), kStart + hours(26)), hours(1));
}

TEST(TroubleMemory, AClockThatStepsBackGivesNoNegativeTime) {
  TroubleMemory memory;
  memory.deferred(numbered(1), kStart);
  EXPECT_EQ(memory.since(numbered(1), kStart - hours(1)), seconds(0));
}

TEST(TroubleMemory, ForgetsTheOneHeardOfLeastLately) {
  TroubleMemory memory(3);
  for (int i = 0; i < 3; ++i) memory.deferred(numbered(i), kStart);
  memory.deferred(numbered(0), kStart + seconds(1));
  memory.deferred(numbered(3), kStart + seconds(1));
  EXPECT_EQ(memory.size(), 3u);
  EXPECT_EQ(memory.since(numbered(0), kStart + seconds(9)), seconds(9));
  EXPECT_EQ(memory.since(numbered(1), kStart + seconds(9)), seconds(0));
  EXPECT_EQ(memory.since(numbered(2), kStart + seconds(9)), seconds(9));
}

struct Pair {
  std::string name;
  TroubleKey one, other;
  bool same;
};
POSTERN_NAMED(Pair)

class TroubleKeys : public testing::TestWithParam<Pair> {};
TEST_P(TroubleKeys, AreTheSameOrNot) { EXPECT_EQ(GetParam().one == GetParam().other, GetParam().same); }

const TroubleKey kPlain = key("192.0.2.1", "a@a.example", "u@example.com");
INSTANTIATE_TEST_SUITE_P(
    Table, TroubleKeys,
    testing::Values(
        Pair{"another host of the network", kPlain, key("192.0.2.200", "a@a.example", "u@example.com"), true},
        Pair{"another case", kPlain, key("192.0.2.1", "A@A.Example", "U@example.com"), true},
        Pair{"another network", kPlain, key("192.0.3.1", "a@a.example", "u@example.com"), false},
        Pair{"another sender", kPlain, key("192.0.2.1", "b@a.example", "u@example.com"), false},
        Pair{"null sender", kPlain, key("192.0.2.1", "", "u@example.com"), false},
        Pair{"another recipient", kPlain, key("192.0.2.1", "a@a.example", "v@example.com"), false},
        Pair{"the same /64", key("2001:db8::1", "", "u@example.com"),
             key("2001:db8::ffff:1", "", "u@example.com"), true}));

}  // namespace
}  // namespace gateway::state
