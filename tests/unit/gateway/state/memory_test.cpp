#include "gateway/state/memory.h"

#include <gtest/gtest.h>

#include <random>
#include <thread>

#include "tests/support/naive_state.h"

namespace gateway::state {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr Time kStart{seconds(1'700'000'100)};  // a slot of five minutes begins

StateQuestion mark_of(std::string key, std::string table = "seen") {
  StateQuestion question;
  question.table = std::move(table);
  question.key = std::move(key);
  return question;
}
StateQuestion rate_of(std::string key, double add, std::string table = "rate") {
  return {StateQuestion::Asks::rate, std::move(table), std::move(key), add, hours(1)};
}
StateUpdate touch(std::string key, seconds keep, std::string table = "seen") {
  return {StateUpdate::Does::touch, std::move(table), std::move(key), 0, keep};
}

TEST(StateMemory, AMarkSaysSinceWhenAndHowOften) {
  Memory memory;
  EXPECT_FALSE(memory.answer(mark_of("a"), kStart).mark);
  memory.learn(touch("a", hours(2)), kStart);
  memory.learn(touch("a", hours(2)), kStart + hours(2));
  EXPECT_EQ(memory.answer(mark_of("a"), kStart + hours(4)).mark, (Mark{kStart, kStart + hours(2), 2}));
  EXPECT_FALSE(memory.answer(mark_of("a"), kStart + hours(4) + seconds(1)).mark) << "forgotten";
  memory.learn(touch("a", hours(2)), kStart + hours(5));
  EXPECT_EQ(memory.answer(mark_of("a"), kStart + hours(5)).mark,
            (Mark{kStart + hours(5), kStart + hours(5), 1}));
}

TEST(StateMemory, TablesAndKeysAreApart) {
  Memory memory;
  memory.learn(touch("a", hours(1), "one"), kStart);
  EXPECT_FALSE(memory.answer(mark_of("a", "two"), kStart).mark);
  EXPECT_FALSE(memory.answer(mark_of("", "onea"), kStart).mark);
  EXPECT_TRUE(memory.answer(mark_of("a", "one"), kStart).mark);
  const std::string longest(4000, 'k');
  memory.learn(touch(longest, hours(1)), kStart);
  EXPECT_TRUE(memory.answer(mark_of(longest), kStart).mark);
  EXPECT_FALSE(memory.answer(mark_of(longest + "k"), kStart).mark);
}

TEST(StateMemory, ARateIsCountedAndToldInOneStep) {
  Memory memory;
  EXPECT_EQ(memory.answer(rate_of("a", 0), kStart).rate, 0);
  EXPECT_EQ(memory.entries(), 0u) << "who only asks leaves nothing";
  EXPECT_EQ(memory.answer(rate_of("a", 1), kStart).rate, 1);
  memory.learn({StateUpdate::Does::add, "rate", "a", 3, hours(1)}, kStart);
  EXPECT_EQ(memory.answer(rate_of("a", 1), kStart).rate, 5);
  EXPECT_EQ(memory.answer(rate_of("a", 0), kStart).rate, 5);
  EXPECT_EQ(memory.answer(rate_of("a", 0), kStart + hours(2)).rate, 0);
}

// Against the words themselves: marks to the letter; rates count the window whole, and a twelfth of it more
// at most.
TEST(StateMemory, DoesAsItsWordsSay) {
  std::mt19937 random(42);
  const auto any = [&](unsigned most) { return static_cast<int>(random() % most); };
  Memory memory;
  support::NaiveState naive;
  Time now = kStart;
  for (int step = 0; step < 50'000; ++step) {
    now += seconds(any(120));
    const std::string key = std::to_string(any(20));
    switch (any(4)) {
      case 0: {
        const StateUpdate update = touch(key, seconds(60 * (1 + any(60))));
        memory.learn(update, now);
        naive.learn(update, now);
        break;
      }
      case 1: ASSERT_EQ(memory.answer(mark_of(key), now), naive.answer(mark_of(key), now)); break;
      case 2: {
        const StateUpdate update{StateUpdate::Does::add, "rate", key, static_cast<double>(any(5)), hours(1)};
        memory.learn(update, now);
        naive.learn(update, now);
        break;
      }
      default: {
        const StateQuestion question = rate_of(key, any(2));
        const double rate = memory.answer(question, now).rate;
        ASSERT_GE(rate, naive.answer(question, now).rate);
        StateQuestion longer = rate_of(key, 0);
        longer.window += seconds(300);
        ASSERT_LE(rate, naive.answer(longer, now).rate);
      }
    }
  }
}

TEST(StateMemory, AFloodOfKeysTakesNoMoreThanTheBoundAndLeavesWhatIsUsed) {
  constexpr MemoryBounds kBounds{6400, 640};
  Memory memory(kBounds);
  memory.learn(touch("regular", hours(9)), kStart);
  for (int i = 0; i < 100'000; ++i) {
    memory.learn(touch("flood " + std::to_string(i), hours(9)), kStart);
    memory.answer(rate_of("flood " + std::to_string(i), 1), kStart);
    if (i % 1000 == 0) EXPECT_TRUE(memory.answer(mark_of("regular"), kStart).mark) << i;
  }
  EXPECT_LE(memory.entries(), kBounds.marks + kBounds.rates);
  EXPECT_GT(memory.entries(), kBounds.marks * 9 / 10);
  memory.learn(touch("other", hours(9), "another table"), kStart);
  EXPECT_TRUE(memory.answer(mark_of("regular"), kStart).mark) << "tables make no room for each other";
}

TEST(StateMemory, TablesAreFew) {
  Memory memory;
  unsigned failed = 0;
  for (int i = 0; i < 5000; ++i)
    failed += memory.answer(rate_of("a", 1, std::to_string(i)), kStart).failed.empty() ? 0 : 1;
  EXPECT_LE(memory.entries(), Memory::kShards * Memory::kMostTables);
  EXPECT_EQ(failed, 5000 - memory.entries());
}

TEST(StateMemory, LoopsThatCountTheSameKeyLoseNothing) {
  Memory memory;
  constexpr int kTimes = 20'000;
  const auto count = [&] {
    for (int i = 0; i < kTimes; ++i) {
      memory.answer(rate_of("same", 1), kStart);
      memory.learn(touch("same", hours(1)), kStart);
    }
  };
  std::thread one(count);
  std::thread other(count);
  struct Nothing final : Memory::Taker {
    void mark(std::string_view, const KeyHash&, const KeptMark&) override {}
    void rate(std::string_view, const KeyHash&, const SlidingCount&) override {}
  } nothing;
  for (int i = 0; i < 100; ++i)
    for (std::size_t shard = 0; shard < Memory::kShards; ++shard) memory.take_changes(shard, nothing);
  one.join();
  other.join();
  EXPECT_EQ(memory.answer(rate_of("same", 0), kStart).rate, 2 * kTimes);
  EXPECT_EQ(memory.answer(mark_of("same"), kStart).mark->count, 2u * kTimes);
}

TEST(StateMemory, TimesBeyondWhatIsKeptAreTheNearest) {
  Memory memory;
  memory.learn(touch("a", hours(24 * 365 * 1000)), Time(seconds(-5)));
  EXPECT_EQ(memory.answer(mark_of("a"), Time(seconds(5))).mark->first, Time());
  memory.learn(touch("a", hours(1)), Time(seconds(1LL << 40)));
  EXPECT_EQ(memory.answer(mark_of("a"), Time(seconds(1LL << 40))).mark->count, 2u);
}

}  // namespace
}  // namespace gateway::state
