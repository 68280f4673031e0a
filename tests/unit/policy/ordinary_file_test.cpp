// Files read whole or from their beginning, and what is not read at all.
#include "policy/ordinary_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/support/temporary_directory.h"

namespace {

using namespace policy;

class OrdinaryFiles : public testing::Test {
 protected:
  std::filesystem::path write(std::string_view text) {
    std::ofstream(file_, std::ios::binary) << text;
    return file_;
  }
  support::TemporaryDirectory folder_;
  std::filesystem::path file_ = folder_.path() / "file";
};

TEST_F(OrdinaryFiles, AreReadWhole) {
  for (const std::string& text : {std::string(), std::string("a\0b\n", 4), std::string(1 << 20, 'x')}) {
    const auto read = read_ordinary_file(write(text), 1 << 20);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->text, text);
    EXPECT_EQ(read->stamp, stamp_of(file_).value());
    EXPECT_FALSE(read->unsettled);
  }
  const auto read = read_ordinary_file(write(std::string((1 << 20) + 1, 'x')), 1 << 20);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().text(), "it is larger than 1 MiB");
}

TEST_F(OrdinaryFiles, BeginWithWholeLines) {
  EXPECT_EQ(read_beginning(write("one\ntwo\nthree"), 100)->text, "one\ntwo\nthree");
  EXPECT_EQ(read_beginning(write("one\ntwo\nthree"), 10)->text, "one\ntwo\n");
  EXPECT_EQ(read_beginning(write("one\ntwo\n"), 8)->text, "one\ntwo\n");
  EXPECT_EQ(read_beginning(write("no end"), 3)->text, "");
}

TEST_F(OrdinaryFiles, AreNothingElse) {
  const auto why = [](const std::filesystem::path& path) {
    return read_ordinary_file(path, 1 << 20).error().text() + "; " + read_beginning(path, 10).error().text();
  };
  EXPECT_EQ(why(file_), "No such file or directory; No such file or directory");
  EXPECT_EQ(why(folder_.path()), "it is a directory; it is a directory");
  EXPECT_EQ(why("/dev/zero"), "it is no ordinary file; it is no ordinary file");
  ASSERT_EQ(::mkfifo(file_.c_str(), 0600), 0);
  EXPECT_EQ(why(file_), "it is no ordinary file; it is no ordinary file") << "and nobody has to write to it";
}

TEST_F(OrdinaryFiles, AreOthersWhenTheyChange) {
  const auto first = stamp_of(write("a")).value();
  EXPECT_EQ(stamp_of(file_).value(), first);
  write("ab");
  EXPECT_NE(stamp_of(file_).value(), first) << "in place";
  const auto second = stamp_of(file_).value();
  std::ofstream(folder_.path() / "other") << "ab";
  std::filesystem::rename(folder_.path() / "other", file_);
  EXPECT_NE(stamp_of(file_).value(), second) << "by another";
}

}  // namespace
