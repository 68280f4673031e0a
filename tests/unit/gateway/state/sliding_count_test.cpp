#include "gateway/state/sliding_count.h"

#include <gtest/gtest.h>

#include <limits>

namespace gateway::state {
namespace {

constexpr std::uint32_t kHour = 3600;
constexpr std::uint32_t kStart = 1'000'000 * 300;  // a slot begins

TEST(SlidingCount, CountsAnHourWholeAndForgetsATwelfthLater) {
  SlidingCount count;
  count.add(2, kHour, kStart + 299);
  count.add(3, kHour, kStart + 1800);
  EXPECT_EQ(count.within(kHour, kStart + 1800), 5);
  EXPECT_EQ(count.within(kHour, kStart + 299 + kHour), 5);
  EXPECT_EQ(count.within(kHour, kStart + 300 + kHour), 3);
  EXPECT_EQ(count.within(kHour, kStart + 1800 + kHour), 3);
  EXPECT_EQ(count.within(kHour, kStart + 2100 + kHour), 0);
  EXPECT_EQ(count.within(kHour, kStart + 1800), 5) << "looking changes nothing";
}

TEST(SlidingCount, SlotsAreUsedAgainWithoutWhatWasInThem) {
  SlidingCount count;
  for (std::uint32_t i = 0; i < 100; ++i) count.add(1, kHour, kStart + 300 * i);
  EXPECT_EQ(count.within(kHour, kStart + 300 * 99), 13);
  count.add(1, kHour, kStart + 300 * 110);
  EXPECT_EQ(count.within(kHour, kStart + 300 * 110), 3);
}

TEST(SlidingCount, AnotherWindowStartsAnew) {
  SlidingCount count;
  count.add(5, kHour, kStart);
  EXPECT_EQ(count.within(60, kStart), 0);
  count.add(1, 60, kStart);
  EXPECT_EQ(count.within(60, kStart), 1);
  EXPECT_EQ(count.within(kHour, kStart), 0);
}

TEST(SlidingCount, AClockSetBackALittleGoesOnCounting) {
  SlidingCount count;
  count.add(1, kHour, kStart + 600);
  count.add(1, kHour, kStart);
  EXPECT_EQ(count.within(kHour, kStart), 2);
  EXPECT_EQ(count.within(kHour, kStart + 600), 2);
}

TEST(SlidingCount, WhatAClockFarAheadCountedDoesNotStay) {
  SlidingCount count;
  count.add(100, kHour, kStart + 1'000'000);
  EXPECT_EQ(count.within(kHour, kStart), 0);
  count.add(1, kHour, kStart);
  EXPECT_EQ(count.within(kHour, kStart), 1);
}

TEST(SlidingCount, WhatIsNoAmountIsNotAdded) {
  SlidingCount count;
  for (const double amount :
       {0.0, -1.0, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()})
    count.add(amount, kHour, kStart);
  EXPECT_EQ(count.window(), 0u);
}

TEST(SlidingCount, TheShortestWindowAndTheEndsOfTime) {
  SlidingCount count;
  constexpr std::uint32_t kEnd = std::numeric_limits<std::uint32_t>::max();
  count.add(1, 1, kEnd);
  EXPECT_EQ(count.within(1, kEnd), 1);
  count.add(1, 1, 0);
  EXPECT_EQ(count.within(1, 0), 1);
}

}  // namespace
}  // namespace gateway::state
