#include "gateway/journal/index/place.h"

#include <gtest/gtest.h>

#include <limits>

namespace gateway::journal::index {
namespace {

using namespace std::chrono_literals;

constexpr Day kDay{std::chrono::year{2026} / 11 / 25};

Place place(std::chrono::seconds after, std::uint64_t line, Day day = kDay) {
  return {day, row_number(day, kDay + after, line)};
}

TEST(Place, comes_back_from_its_text) {
  for (const Place& one :
       {place(0s, 0), place(-1s, 7), place(86399s, 16777215), place(5s, 1, kDay + std::chrono::days(1)),
        place(-std::chrono::seconds(kDay.time_since_epoch()) - 3s, 1)}) {
    const auto read = Place::parse(one.text());
    ASSERT_TRUE(read) << one.text();
    EXPECT_EQ(*read, one);
  }
  EXPECT_EQ(place(1s, 3).text(), "1795564801.3.20782");
  EXPECT_EQ(place(-2s, 3).time(), kDay - 2s);
}

TEST(Place, of_nonsense_is_none) {
  for (const std::string_view text :
       {"", ".", "1", "1.2", "1.2.", "1.2.3.", "1.2.3x", " 1.2.3", "1.-2.3", "1.2.-3", "1.16777216.3",
        "99999999999999999999.1.1", "1.1.99999999", "a.b.c", "1..3"})
    EXPECT_FALSE(Place::parse(text)) << text;
}

TEST(Place, is_ordered_by_time_then_file_then_line) {
  EXPECT_LT(place(1s, 9), place(2s, 0));
  EXPECT_LT(place(-1s, 0, kDay + std::chrono::days(1)), place(0s, 0));
  EXPECT_LT(place(5s, 9), place(5s, 0, kDay + std::chrono::days(1)));
  EXPECT_LT(place(5s, 1), place(5s, 2));
}

// Whatever is behind a place is in the rows of its file, and nothing else is.
TEST(Rows, behind_a_place_are_those_that_are_older) {
  std::vector<Place> all;
  for (int day = 0; day < 3; ++day)
    for (int second = -2; second < 3; ++second)
      for (unsigned line = 0; line < 3; ++line)
        all.push_back(place(std::chrono::seconds(second), line, kDay + std::chrono::days(day)));
  for (const Place& behind : all)
    for (const Place& one : all)
      EXPECT_EQ(rows_between(one.day, {}, {}, behind).has(one.row), one < behind)
          << one.text() << " " << behind.text();
}

TEST(Rows, of_a_period_have_both_seconds) {
  const RowRange rows = rows_between(kDay, kDay + 1s, kDay + 2s, {});
  for (const auto& [second, in_it] : {std::pair(0, false), {1, true}, {2, true}, {3, false}})
    EXPECT_EQ(rows.has(place(std::chrono::seconds(second), 5).row), in_it) << second;
  EXPECT_TRUE(rows_between(kDay, {}, {}, {}).has(std::numeric_limits<RowNumber>::min()));
}

}  // namespace
}  // namespace gateway::journal::index
