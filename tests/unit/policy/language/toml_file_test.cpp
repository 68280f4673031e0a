// Files that cannot be read as TOML, and the places of what stands in those that can.
#include "policy/language/toml_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "tests/support/temporary_directory.h"

namespace {

using policy::language::TomlFile;

std::string why_unreadable(const std::filesystem::path& path) {
  policy::Diagnostics diagnostics;
  return TomlFile::read(path, diagnostics) ? "it was read" : diagnostics.all().front().message;
}

TEST(TomlFile, SaysWhyAFileCannotBeRead) {
  const support::TemporaryDirectory directory;
  EXPECT_EQ(why_unreadable(directory.path()), "cannot be read: it is a directory");
  EXPECT_EQ(why_unreadable(directory.path() / "none"), "cannot be read: No such file or directory");
  const std::filesystem::path pipe = directory.path() / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(why_unreadable(pipe), "cannot be read: it is a pipe");
}

TEST(TomlFile, CountsColumnsInOctetsThroughQuotesAndEscapes) {
  policy::Diagnostics diagnostics;
  const auto file =
      TomlFile::parse("a = \"x\\u00e4y\"\nb = 'zz'\nc = \"\"\"\nline\n\"\"\"\n", "f.toml", diagnostics);
  ASSERT_TRUE(file);
  const auto column = [&](const char* key, std::size_t offset) {
    const auto place = file->place_in(*file->root().get(key), offset);
    return std::to_string(place.line) + ":" + std::to_string(place.column);
  };
  EXPECT_EQ(column("a", 0), "1:6");
  EXPECT_EQ(column("a", 3), "1:13");  // behind the escape, which stands for two octets
  EXPECT_EQ(column("b", 1), "2:7");
  EXPECT_EQ(column("c", 2), "4:3");
}

}  // namespace
