// tests/configs/NN-name with NN from 50: configurations that must not load, with the very text that says why.
// After a change of words: POSTERN_REWRITE_EXPECTED=1 writes what is said now, to be read before it is kept.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "gateway/settings/settings.h"
#include "tests/support/paths.h"
#include "tests/support/temporary_directory.h"

namespace gateway::settings {
namespace {

struct BrokenConfig {
  Path directory;
};

void PrintTo(const BrokenConfig& row, std::ostream* out) { *out << row.directory.filename().string(); }

std::vector<BrokenConfig> broken_configs() {
  std::vector<BrokenConfig> found;
  for (const auto& entry : std::filesystem::directory_iterator(support::source_dir() / "tests" / "configs"))
    if (entry.is_directory() && std::atoi(entry.path().filename().c_str()) >= 50)
      found.push_back({entry.path()});
  std::ranges::sort(found, {}, &BrokenConfig::directory);
  return found;
}

// Files as someone sees them who stands in the directory.
std::string without_directory(std::string text, const Path& directory) {
  const std::string prefix = directory.string() + "/";
  for (std::size_t at = text.find(prefix); at != text.npos; at = text.find(prefix, at))
    text.erase(at, prefix.size());
  return text;
}

class BrokenConfigs : public testing::TestWithParam<BrokenConfig> {};

TEST_P(BrokenConfigs, AreRefusedWithAllThatIsWrong) {
  const Path& directory = GetParam().directory;
  policy::Diagnostics diagnostics;
  EXPECT_EQ(Settings::load(directory / "postern.toml", diagnostics), nullptr);
  const std::string rendered = without_directory(diagnostics.render(), directory);
  if (std::getenv("POSTERN_REWRITE_EXPECTED"))
    std::ofstream(directory / "expected-error", std::ios::binary) << rendered;
  ASSERT_TRUE(std::filesystem::exists(directory / "expected-error"));
  EXPECT_EQ(rendered, support::file_text(directory / "expected-error"));
}

INSTANTIATE_TEST_SUITE_P(Files, BrokenConfigs, testing::ValuesIn(broken_configs()),
                         [](const testing::TestParamInfo<BrokenConfig>& row) {
                           std::string name = row.param.directory.filename().string();
                           std::ranges::replace_if(
                               name, [](unsigned char c) { return !std::isalnum(c); }, '_');
                           return name;
                         });

TEST(BrokenConfigFiles, AreThere) { EXPECT_GE(broken_configs().size(), 30u); }

}  // namespace
}  // namespace gateway::settings
