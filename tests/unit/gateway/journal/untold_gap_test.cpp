#include "gateway/journal/untold_gap.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <sstream>

#include "gateway/journal/day_file.h"
#include "gateway/journal/journal.h"
#include "tests/support/temporary_directory.h"

namespace gateway::journal {
namespace {

class UntoldGapFile : public testing::Test {
 protected:
  void write(std::string_view text) { std::ofstream(file_) << text; }
  std::string text() const {
    std::ifstream file(file_);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  support::TemporaryDirectory directory_;
  const std::filesystem::path file_ = directory_.path() / "untold-gap.json";
  const Gap gap_{.id = {},
                 .when = {},
                 .since = Time(std::chrono::seconds(1'700'000'000)),
                 .until = Time(std::chrono::seconds(1'700'000'060)),
                 .failed = 41,
                 .dropped = 1,
                 .why = "a \"full\" disk"};
};

TEST_F(UntoldGapFile, OutlivesTheProcess) {
  {
    UntoldGap untold(directory_.path());
    EXPECT_FALSE(untold.left());
    untold.make_room();
    EXPECT_FALSE(UntoldGap(directory_.path()).left());
    untold.keep({.id = {},
                 .when = {},
                 .since = gap_.since,
                 .until = gap_.since,
                 .failed = 40,
                 .dropped = 0,
                 .why = {}});
    untold.keep(gap_);
  }
  UntoldGap next(directory_.path());
  const auto left = next.left();
  ASSERT_TRUE(left);
  EXPECT_EQ(left->since, gap_.since);
  EXPECT_EQ(left->until, gap_.until);
  EXPECT_EQ(left->failed, 41u);
  EXPECT_EQ(left->dropped, 1u);
  EXPECT_EQ(left->why, gap_.why);
  next.make_room();
  EXPECT_TRUE(UntoldGap(directory_.path()).left()) << "it has not been told yet";
  next.clear();
  EXPECT_FALSE(UntoldGap(directory_.path()).left());
}

TEST_F(UntoldGapFile, NeedsNoMoreRoomThanItHasTaken) {
  UntoldGap untold(directory_.path());
  untold.make_room();
  const auto size = std::filesystem::file_size(file_);
  Gap gap = gap_;
  gap.why = std::string(100'000, '\x01');
  untold.keep(gap);
  EXPECT_EQ(std::filesystem::file_size(file_), size);
  EXPECT_EQ(UntoldGap(directory_.path()).left()->failed, 41u);
}

TEST_F(UntoldGapFile, IsNothingWhenItIsDamaged) {
  for (const char* const damaged :
       {"", " ", "{}", "[1]", "{\"failed\":1", "\x00\xff", "{\"failed\":-5}", "{\"since\":1e300}"}) {
    write(damaged);
    EXPECT_FALSE(UntoldGap(directory_.path()).left()) << damaged;
  }
}

TEST_F(UntoldGapFile, IsToldByTheNextJournal) {
  UntoldGap(directory_.path()).keep(gap_);
  {
    Journal journal(directory_.path(), Keep{});
    journal.tell_gaps([] { return std::string("0NAP6CQFG101"); });
  }
  std::string lines;
  for (const auto& entry : std::filesystem::directory_iterator(directory_.path()))
    if (entry.path().extension() == kLinesSuffix)
      lines += (std::ostringstream() << std::ifstream(entry.path()).rdbuf()).str();
  EXPECT_NE(lines.find("\"since\":\"2023-11-14T22:13:20Z\",\"until\":\"2023-11-14T22:14:20Z\",\"lost\":42,"
                       "\"failed\":41,\"dropped\":1"),
            lines.npos)
      << lines;
  EXPECT_FALSE(UntoldGap(directory_.path()).left());
}

}  // namespace
}  // namespace gateway::journal
