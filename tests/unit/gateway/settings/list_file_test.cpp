// Files with one address or one name a line.

#include "gateway/settings/list_file.h"

#include <gtest/gtest.h>

#include "tests/support/named.h"
#include "tests/support/temporary_directory.h"

namespace gateway::settings {
namespace {

struct Case {
  std::string name;
  std::string text;
  std::string comes_to;  // the list, or "line:column message" of every mistake
  bool fine = true;
};
POSTERN_NAMED(Case)

std::string mistakes(const policy::Diagnostics& diagnostics) {
  std::string text;
  for (const auto& one : diagnostics.all())
    text += std::to_string(one.line) + ":" + std::to_string(one.column) + " " + one.message + "\n";
  return text;
}

class ReadAddresses : public testing::TestWithParam<Case> {};

TEST_P(ReadAddresses, ReadsOrShowsEveryMistake) {
  const support::TemporaryDirectory directory;
  const auto file = directory.path() / "recipients.txt";
  std::ofstream(file, std::ios::binary) << GetParam().text;
  policy::Diagnostics diagnostics;
  const auto list = read_addresses(file, diagnostics);
  ASSERT_EQ(list != nullptr, GetParam().fine) << diagnostics.render();
  EXPECT_EQ(diagnostics.has_errors(), !GetParam().fine);
  std::string all;
  if (list)
    for (const auto& one : *list) all += one + " ";
  EXPECT_EQ(list ? all : mistakes(diagnostics), GetParam().comes_to);
}

INSTANTIATE_TEST_SUITE_P(
    Table, ReadAddresses,
    testing::Values(
        Case{"one a line", "b@example.com\na@example.com\n", "a@example.com b@example.com "},
        Case{"compared without case, domains as A-labels",
             "Info@B\xC3\xBC"
             "cher.example\n",
             "info@xn--bcher-kva.example "},
        Case{"comments, empty lines, CRLF, a byte order mark",
             "\xEF\xBB\xBF# staff\r\n\r\n  a@example.com\t# the boss\r\n", "a@example.com "},
        Case{"a number sign within an address", "a#b@example.com", "a#b@example.com "},
        Case{"no line end at the end", "a@example.com", "a@example.com "},
        Case{"a bare local part", "a@example.com\n  postmaster\n",
             "2:3 a local part alone is not taken: expected an address, such as postmaster@example.com\n",
             false},
        Case{"every mistake", "@example.com\na@example.com\na b@example.com\n",
             "1:1 this is no address: expected one a line, such as postmaster@example.com\n"
             "3:1 this is no address: expected one a line, such as postmaster@example.com\n",
             false},
        Case{"nothing", "", "0:0 holds no address: expected one a line\n", false},
        Case{"only comments", "# none\n\n", "0:0 holds no address: expected one a line\n", false}));

TEST(ReadAddressFile, ShowsTwentyMistakesAndCountsTheRest) {
  const support::TemporaryDirectory directory;
  const auto file = directory.path() / "recipients.txt";
  std::ofstream out(file);
  for (int i = 0; i < 50; ++i) out << "x\n";
  out.close();
  policy::Diagnostics diagnostics;
  EXPECT_EQ(read_addresses(file, diagnostics), nullptr);
  ASSERT_EQ(diagnostics.all().size(), 21u);
  EXPECT_EQ(diagnostics.all().back().message, "and 30 more mistakes in this file");
}

TEST(ReadAddressFile, SaysWhyAFileCannotBeRead) {
  const support::TemporaryDirectory directory;
  policy::Diagnostics diagnostics;
  EXPECT_EQ(read_addresses(directory.path() / "absent", diagnostics), nullptr);
  EXPECT_EQ(read_addresses(directory.path(), diagnostics), nullptr);
  EXPECT_EQ(mistakes(diagnostics),
            "0:0 cannot be read: No such file or directory\n0:0 cannot be read: it is a directory\n");
}

TEST(ReadNames, KeepsTheirOrderAndRefusesOtherEncodings) {
  const support::TemporaryDirectory directory;
  const auto file = directory.path() / "people.txt";
  std::ofstream(file) << "Erika Muster # head\n\nJ\xC3\xBCrgen M.\n";
  policy::Diagnostics diagnostics;
  const auto names = read_names(file, diagnostics);
  ASSERT_TRUE(names) << diagnostics.render();
  EXPECT_EQ(*names, (std::vector<std::string>{"Erika Muster", "J\xC3\xBCrgen M."}));
  std::ofstream(file) << "Erika\nJ\xFCrgen\n";
  EXPECT_FALSE(read_names(file, diagnostics));
  EXPECT_EQ(mistakes(diagnostics), "2:1 expected a name in UTF-8\n");
}

}  // namespace
}  // namespace gateway::settings
