#include "gateway/state/lately_used.h"

#include <gtest/gtest.h>

#include <list>
#include <map>
#include <random>
#include <set>

namespace gateway::state {
namespace {

struct Number {
  int value = 0;
};
using Table = LatelyUsed<Number>;

KeyHash key(std::uint64_t number) { return {number, number % 7}; }  // many share a bucket

std::map<std::uint64_t, int> changes(Table& table) {
  std::map<std::uint64_t, int> all;
  table.take_changes([&](const KeyHash& of, const Number& content) { all[of.high] = content.value; });
  return all;
}

TEST(LatelyUsed, ForgetsWhatWasUsedLeastLately) {
  Table table(3);
  for (int i = 1; i <= 3; ++i) table.alter(key(static_cast<std::uint64_t>(i))).value = i;
  EXPECT_EQ(table.find(key(1))->value, 1);
  table.alter(key(4)).value = 4;
  EXPECT_EQ(table.size(), 3u);
  EXPECT_EQ(table.find(key(2)), nullptr);
  EXPECT_EQ(table.find(key(1))->value, 1);
  EXPECT_EQ(table.alter(key(2)).value, 0) << "a new one";
}

TEST(LatelyUsed, TellsWhatChangedOnce) {
  Table table(10);
  table.alter(key(1)).value = 1;
  table.alter(key(2)).value = 2;
  table.alter(key(1)).value = 3;
  EXPECT_EQ(changes(table), (std::map<std::uint64_t, int>{{1, 3}, {2, 2}}));
  EXPECT_TRUE(changes(table).empty());
  table.find(key(1));
  EXPECT_TRUE(changes(table).empty());
  table.alter(key(1)).value = 4;
  EXPECT_EQ(changes(table), (std::map<std::uint64_t, int>{{1, 4}}));
}

TEST(LatelyUsed, WhatMadeRoomIsNotTold) {
  Table table(2);
  for (int i = 1; i <= 100; ++i) table.alter(key(static_cast<std::uint64_t>(i))).value = i;
  EXPECT_EQ(changes(table), (std::map<std::uint64_t, int>{{99, 99}, {100, 100}}));
}

TEST(LatelyUsed, TellsAllFromTheOldestOn) {
  Table table(3);
  for (int i = 1; i <= 4; ++i) table.alter(key(static_cast<std::uint64_t>(i))).value = i;
  table.find(key(2));
  std::vector<int> all;
  table.take_all([&](const KeyHash&, const Number& content) { all.push_back(content.value); });
  EXPECT_EQ(all, (std::vector<int>{3, 4, 2}));
  EXPECT_TRUE(changes(table).empty());
}

// Against a list that is searched from its beginning.
TEST(LatelyUsed, DoesAsTheListDoes) {
  std::mt19937 random(4711);
  for (const std::size_t most : {1u, 2u, 17u, 300u}) {
    Table table(most);
    std::list<std::pair<std::uint64_t, int>> model;  // the newest last
    std::set<std::uint64_t> changed;
    for (int step = 0; step < 20'000; ++step) {
      const std::uint64_t number = random() % (2 * most + 1);
      const auto at = std::ranges::find_if(model, [&](const auto& one) { return one.first == number; });
      if (random() % 2 == 0) {
        const Number* found = table.find(key(number));
        ASSERT_EQ(found != nullptr, at != model.end());
        if (!found) continue;
        ASSERT_EQ(found->value, at->second);
        model.splice(model.end(), model, at);
      } else {
        table.alter(key(number)).value = step;
        changed.insert(number);
        if (at != model.end()) model.erase(at);
        model.emplace_back(number, step);
        if (model.size() > most) {
          changed.erase(model.front().first);
          model.pop_front();
        }
      }
      if (random() % 100 != 0) continue;
      std::map<std::uint64_t, int> wanted;
      for (const auto& [its, value] : model)
        if (changed.contains(its)) wanted[its] = value;
      ASSERT_EQ(changes(table), wanted);
      changed.clear();
    }
    EXPECT_EQ(table.size(), model.size());
  }
}

}  // namespace
}  // namespace gateway::state
