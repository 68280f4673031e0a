// Policies with mistakes, tests/configs/01 … 49: each earns exactly the text that stands beside it.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "tests/support/expected_text.h"
#include "tests/support/paths.h"
#include "tests/support/policy_bench.h"

namespace {

namespace fs = std::filesystem;

std::vector<std::string> cases() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(support::source_dir() / "tests/configs"))
    if (const std::string name = entry.path().filename().string(); name < "50") names.push_back(name);
  std::ranges::sort(names);
  return names;
}

class BrokenPolicies : public testing::TestWithParam<std::string> {};

TEST_P(BrokenPolicies, SayWhatIsWrongAndWhere) {
  const fs::path directory = support::source_dir() / "tests/configs" / GetParam();
  policy::Diagnostics diagnostics;
  const auto loaded = policy::Policy::load(std::array{directory / "policy.toml"}, support::full_vocabulary(),
                                           {}, support::noon(), diagnostics);
  std::string text = diagnostics.render();
  const std::string prefix = directory.string() + "/";
  for (std::size_t at; (at = text.find(prefix)) != std::string::npos;) text.erase(at, prefix.size());
  support::expect_text(text, directory / "expected-error", GetParam());
  EXPECT_EQ(loaded == nullptr, diagnostics.has_errors());
  EXPECT_FALSE(diagnostics.all().empty());
}

INSTANTIATE_TEST_SUITE_P(Files, BrokenPolicies, testing::ValuesIn(cases()), [](const auto& info) {
  std::string name = "p" + info.param;
  std::ranges::replace(name, '-', '_');
  return name;
});

// What is shipped has neither mistakes nor anything to warn of.
TEST(ShippedPolicy, IsWithoutBlemish) {
  policy::Diagnostics diagnostics;
  const auto loaded = policy::Policy::load(std::array{support::source_dir() / "config/policy.toml"},
                                           support::full_vocabulary(), {}, support::noon(), diagnostics);
  EXPECT_TRUE(loaded);
  EXPECT_EQ(diagnostics.render(), "");
}

}  // namespace
