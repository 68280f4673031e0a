// Includes go gateway → filters → policy, never back, and no layer includes a library that belongs to
// another.  DESIGN §2
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <vector>

#include "tests/support/named.h"
#include "tests/support/paths.h"

namespace {

struct Rule {
  std::string name;
  std::vector<std::string> forbidden;  // prefixes of what stands between < > or quotes
};

POSTERN_NAMED(Rule)

class IncludeDirection : public testing::TestWithParam<Rule> {};

std::vector<std::string> offences(const std::string& text, const std::vector<std::string>& forbidden) {
  static const std::regex include(R"(^\s*#\s*include\s*[<"]([^>"]+)[>"])");
  std::vector<std::string> found;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (!std::regex_search(line, match, include)) continue;
    for (const auto& prefix : forbidden)
      if (match[1].str().starts_with(prefix)) found.push_back(match[1]);
  }
  return found;
}

TEST_P(IncludeDirection, Holds) {
  int files = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(support::source_dir() / GetParam().name)) {
    if (entry.path().extension() != ".h" && entry.path().extension() != ".cpp") continue;
    ++files;
    std::ifstream file(entry.path());
    const std::string text((std::istreambuf_iterator<char>(file)), {});
    for (const auto& name : offences(text, GetParam().forbidden))
      ADD_FAILURE() << entry.path() << " includes " << name;
  }
  EXPECT_GT(files, 0);
}

TEST(IncludeDirection, FindsAnOffence) {
  EXPECT_EQ(offences("#include <a>\n  # include \"gateway/x.h\"\n", {"gateway/"}),
            std::vector<std::string>{"gateway/x.h"});
}

INSTANTIATE_TEST_SUITE_P(Layers, IncludeDirection,
                         testing::Values(Rule{"policy",
                                              {"filters/", "gateway/", "boost/asio", "openssl/", "spf2/",
                                               "opendkim/", "libpsl", "unbound", "sqlite3", "spdlog/",
                                               "sys/socket"}},
                                         Rule{"filters",
                                              {"gateway/", "boost/asio", "unbound", "sqlite3", "spdlog/",
                                               "toml++/", "re2/", "sys/socket", "filesystem", "fstream"}},
                                         Rule{"gateway", {"spf2/", "opendkim/", "libpsl", "re2/"}}));

}  // namespace
