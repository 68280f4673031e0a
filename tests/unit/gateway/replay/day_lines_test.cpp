// Lines of day files, taken in blocks.
#include "gateway/replay/day_lines.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <thread>

#include "tests/support/temporary_directory.h"

namespace gateway::replay {
namespace {

Time at(const char* day, int hour = 0) {
  std::istringstream text(day);
  int year = 0;
  unsigned month = 0;
  unsigned date = 0;
  char dash = 0;
  text >> year >> dash >> month >> dash >> date;
  return std::chrono::sys_days(std::chrono::year(year) / static_cast<int>(month) / static_cast<int>(date)) +
         std::chrono::hours(hour);
}

class LinesOfDays : public testing::Test {
 protected:
  void write(const std::string& name, const std::string& text) {
    std::ofstream(directory.path() / name, std::ios::binary) << text;
  }
  // All lines within the period, and where a block ended within one.
  std::vector<std::string> lines(const Period& period) {
    auto opened = DayLines::open(directory.path(), period);
    EXPECT_TRUE(opened) << opened.error().text();
    std::vector<std::string> all;
    for (std::string block; (*opened)->next(block);) {
      EXPECT_TRUE(block.ends_with('\n'));
      std::istringstream text(block);
      for (std::string line; std::getline(text, line);) all.push_back(line);
    }
    octets_read = (*opened)->octets_read();
    octets = (*opened)->octets();
    passed_over = (*opened)->passed_over();
    return all;
  }

  const support::TemporaryDirectory directory;
  std::uint64_t octets_read = 0;
  std::uint64_t octets = 0;
  std::uint64_t passed_over = 0;
};

TEST_F(LinesOfDays, AreThoseOfTheDaysInOrder) {
  write("2026-11-23.jsonl", "before\n");
  write("2026-11-24.jsonl", "a\nb\n");
  write("2026-11-26.jsonl", "d\n");
  write("2026-11-25.jsonl", "c\n");
  write("2026-11-27.jsonl", "behind\n");
  write("notes.txt", "no\n");
  write("2026-11-25.jsonl.gz", "no\n");
  EXPECT_EQ(lines({at("2026-11-24", 12), at("2026-11-25", 12)}),
            (std::vector<std::string>{"a", "b", "c", "d"}))
      << "what lasted past midnight stands in the next day's file";
  EXPECT_EQ(octets, 8u);
  EXPECT_EQ(octets_read, 8u);
}

TEST_F(LinesOfDays, OfSeveralBlocksAreWhole) {
  std::vector<std::string> wanted;
  std::string text;
  for (std::size_t i = 0; text.size() < 3 * DayLines::kBlock; ++i) {
    wanted.push_back(std::to_string(i) + std::string(i % 5000, 'x'));
    text += wanted.back() + "\n";
  }
  wanted.push_back(std::string(2 * DayLines::kBlock + 7, 'y'));  // longer than a block
  text += wanted.back() + "\n";
  write("2026-11-25.jsonl", text);
  EXPECT_EQ(lines({at("2026-11-25"), at("2026-11-26")}), wanted);
}

TEST_F(LinesOfDays, MayLackTheLastEnd) {
  write("2026-11-24.jsonl", "a\ntorn");
  write("2026-11-25.jsonl", "");
  write("2026-11-26.jsonl", "b");
  EXPECT_EQ(lines({at("2026-11-24"), at("2026-11-26")}), (std::vector<std::string>{"a", "torn", "b"}));
}

TEST_F(LinesOfDays, ThatAreEndlessArePassedOver) {
  write("2026-11-25.jsonl",
        "a\n" + std::string(DayLines::kLongestLine + 2 * DayLines::kBlock, 'x') + "\nb\n");
  write("2026-11-26.jsonl", std::string(DayLines::kLongestLine + 2 * DayLines::kBlock, 'x'));
  write("2026-11-27.jsonl", "c\n");
  EXPECT_EQ(lines({at("2026-11-25"), at("2026-11-27")}), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(passed_over, 2u);
}

TEST_F(LinesOfDays, GoToEachReaderOnce) {
  std::string text;
  constexpr int kLines = 200'000;
  for (int i = 0; i < kLines; ++i) text += "line " + std::to_string(i) + " and some more octets\n";
  write("2026-11-25.jsonl", text);
  auto opened = DayLines::open(directory.path(), {at("2026-11-25"), at("2026-11-26")});
  ASSERT_TRUE(opened);
  std::mutex mutex;
  std::multiset<std::string> found;
  {
    std::vector<std::jthread> readers;
    for (int i = 0; i < 4; ++i)
      readers.emplace_back([&] {
        for (std::string block; (*opened)->next(block);) {
          std::istringstream lines(block);
          const std::lock_guard lock(mutex);
          for (std::string line; std::getline(lines, line);) found.insert(line);
        }
      });
  }
  EXPECT_EQ(found.size(), static_cast<std::size_t>(kLines));
  EXPECT_EQ(std::set<std::string>(found.begin(), found.end()).size(), found.size());
}

TEST_F(LinesOfDays, NeedADirectory) {
  const auto opened = DayLines::open(directory.path() / "nowhere", {at("2026-11-25"), at("2026-11-26")});
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().text().find("nowhere"), std::string::npos);
}

TEST(PeekTime, FindsItAtTheBeginning) {
  Time when{};
  EXPECT_TRUE(
      peek_time(R"({"format":1,"kind":"transaction","id":"X","time":"2026-11-25T02:00:00Z","a":1})", when));
  EXPECT_EQ(when, at("2026-11-25", 2));
  for (const std::string line : {"", "{}", R"({"time":"2026-11-25T02:00)", R"({"time":7})", R"("time":")"})
    EXPECT_FALSE(peek_time(line, when)) << line;
  EXPECT_FALSE(peek_time(std::string(300, ' ') + R"("time":"2026-11-25T02:00:00Z")", when));
}

}  // namespace
}  // namespace gateway::replay
