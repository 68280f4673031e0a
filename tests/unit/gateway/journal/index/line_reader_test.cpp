#include "gateway/journal/index/line_reader.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/support/temporary_directory.h"

namespace gateway::journal::index {
namespace {

class Lines : public testing::Test {
 protected:
  std::filesystem::path file() const { return directory_.path() / "lines"; }
  void append(const std::string& text) const {
    std::ofstream(file(), std::ios::binary | std::ios::app) << text;
  }

  const support::TemporaryDirectory directory_;
};

TEST_F(Lines, are_told_with_their_places) {
  append("one\n\nthree\ntorn");
  auto reader = LineReader::open(file());
  const auto first = reader->next();
  EXPECT_EQ(first->text, "one");
  EXPECT_EQ(first->end, 4u);
  EXPECT_EQ(reader->next()->text, "");
  const auto third = reader->next();
  EXPECT_EQ(third->at, 5u);
  EXPECT_EQ(third->end, 11u);
  EXPECT_FALSE(reader->next());
  EXPECT_EQ(reader->rest(), "torn");
  append(" no more\n");
  EXPECT_EQ(reader->next()->text, "torn no more");
  reader->seek(5);
  EXPECT_EQ(reader->next()->text, "three");
}

TEST_F(Lines, of_any_length_are_read_whole_in_bounded_memory) {
  const std::string long_one(3'000'000, 'x');
  append(long_one + "\n" + std::string(LineReader::kLongest + 1'000'000, 'y') + "\nlast\n");
  auto reader = LineReader::open(file());
  EXPECT_TRUE(reader->next()->text == long_one);
  const auto too_long = reader->next();
  EXPECT_TRUE(too_long->too_long);
  EXPECT_EQ(too_long->text, "");
  EXPECT_EQ(too_long->at, long_one.size() + 1);
  EXPECT_EQ(reader->next()->text, "last");
}

TEST_F(Lines, one_that_is_too_long_and_not_ended_is_begun_again) {
  append("one\n" + std::string(LineReader::kLongest + 1'000'000, 'y'));
  auto reader = LineReader::open(file());
  reader->next();
  EXPECT_FALSE(reader->next());
  append("\nlast\n");
  EXPECT_TRUE(reader->next()->too_long);
  EXPECT_EQ(reader->next()->text, "last");
}

TEST_F(Lines, of_a_file_that_is_not_there) { EXPECT_FALSE(LineReader::open(file())); }

TEST_F(Lines, another_file_in_its_place_is_noticed) {
  append("one\n");
  auto reader = LineReader::open(file());
  EXPECT_TRUE(reader->in_place());
  std::filesystem::rename(file(), directory_.path() / "old");
  EXPECT_FALSE(reader->in_place());
  append("two\n");
  EXPECT_FALSE(reader->in_place());
}

}  // namespace
}  // namespace gateway::journal::index
