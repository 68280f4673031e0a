#include "gateway/journal/rewrite.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "gateway/journal/day_file.h"
#include "gateway/journal/file_lock.h"
#include "gateway/journal/index/line_reader.h"
#include "tests/support/temporary_directory.h"

namespace gateway::journal {
namespace {

namespace fs = std::filesystem;
using support::file_text;

constexpr std::chrono::sys_days kToday{std::chrono::year{2026} / 11 / 25};

class Rewritten : public testing::Test {
 protected:
  fs::path file() const { return directory_.path() / "2026-11-25.jsonl"; }
  void put(const std::string& text) const { std::ofstream(file(), std::ios::binary) << text; }
  Result<journal::Rewritten> without_b() const {
    return rewrite(
        file(),
        [](std::string_view line) { return line == "b" ? std::optional<std::string>("-") : std::nullopt; },
        [](std::uint64_t) {});
  }
  const support::TemporaryDirectory directory_;
};

TEST_F(Rewritten, lines_are_changed_and_all_others_kept) {
  put("a\nb\n\nc\nb");
  const auto done = without_b();
  ASSERT_TRUE(done) << done.error().text();
  EXPECT_EQ(done->changed, 2u);
  EXPECT_EQ(file_text(file()), "a\n-\n\nc\n-");
  EXPECT_EQ(support::files_in(directory_.path()), 1u);
}

TEST_F(Rewritten, a_file_in_which_nothing_changes_stays_the_same_one) {
  put("a\nc\n");
  auto before = index::LineReader::open(file());
  ASSERT_TRUE(without_b());
  EXPECT_TRUE(before->in_place());
  EXPECT_EQ(support::files_in(directory_.path()), 1u);
}

TEST_F(Rewritten, it_is_for_the_same_eyes) {
  put("b\n");
  fs::permissions(file(), fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read);
  ASSERT_TRUE(without_b());
  EXPECT_EQ(fs::status(file()).permissions(),
            fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read);
}

TEST_F(Rewritten, a_file_that_is_not_there_is_no_trouble) { EXPECT_EQ(without_b()->lines, 0u); }

TEST_F(Rewritten, what_cannot_be_written_leaves_the_old_one) {
  put("b\n");
  fs::create_directories(file().string() + ".rewritten");
  EXPECT_FALSE(without_b());
  EXPECT_EQ(file_text(file()), "b\n");
}

// The writer goes on all the time: no line of its is lost or torn, whenever the file is replaced.
TEST_F(Rewritten, no_line_is_lost_that_is_written_meanwhile) {
  constexpr int kLines = 20'000;
  std::atomic<bool> written{false};
  std::thread writer([&] {
    DayFile day(directory_.path(), 0);
    for (int i = 0; i < kLines; ++i) day.append(kToday, "b\n" + std::to_string(i) + "\n");
    written = true;
  });
  int rewritten = 0;
  do rewritten += without_b() ? 1 : 0;
  while (!written);
  writer.join();
  ASSERT_TRUE(without_b());
  EXPECT_GT(rewritten, 0);
  std::string expected;
  for (int i = 0; i < kLines; ++i) expected += "-\n" + std::to_string(i) + "\n";
  EXPECT_TRUE(file_text(file()) == expected);
}

TEST_F(Rewritten, a_lock_that_is_never_given_back_stops_no_writer) {
  put("a\n");
  const auto reader = index::LineReader::open(file());
  const FileLock lock(reader->descriptor(), FileLock::Kind::alone, std::chrono::seconds(60));
  ASSERT_TRUE(lock.held());
  DayFile(directory_.path(), 0).append(kToday, "c\n");
  EXPECT_EQ(file_text(file()), "a\nc\n");
}

}  // namespace
}  // namespace gateway::journal
