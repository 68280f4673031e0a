// Policies with mistakes, tests/configs/01 … 49 and the rows of policies.table: each earns exactly the text
// that stands beside it.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "tests/support/expected_text.h"
#include "tests/support/paths.h"
#include "tests/support/policy_bench.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/text_table.h"

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

const std::vector<support::TableRow>& rows() {
  static const auto all = support::read_table(support::source_dir() / "tests/configs/policies.table");
  return all;
}

class BrokenPolicyRows : public testing::TestWithParam<std::size_t> {};

TEST_P(BrokenPolicyRows, SayWhatIsWrongAndWhere) {
  const support::TableRow& row = rows()[GetParam()];
  const support::TemporaryDirectory directory;
  std::ofstream(directory.path() / "policy.toml", std::ios::binary) << row.text;
  std::ofstream(directory.path() / "networks.txt") << "192.0.2.0/24\n";
  policy::Diagnostics diagnostics;
  const auto loaded = policy::Policy::load(std::array{directory.path() / "policy.toml"},
                                           support::full_vocabulary(), {}, support::noon(), diagnostics);
  EXPECT_EQ(support::with_all_replaced(diagnostics.render(), directory.path().string() + "/", ""), row.expected);
  EXPECT_EQ(loaded == nullptr, diagnostics.has_errors());
}

INSTANTIATE_TEST_SUITE_P(Table, BrokenPolicyRows, testing::Range<std::size_t>(0, rows().size()),
                         [](const auto& info) { return support::test_name(info.index, rows()[info.param]); });

// What is shipped has neither mistakes nor anything to warn of.
TEST(ShippedPolicy, IsWithoutBlemish) {
  policy::Diagnostics diagnostics;
  const auto loaded = policy::Policy::load(std::array{support::source_dir() / "config/policy.toml"},
                                           support::full_vocabulary(), {}, support::noon(), diagnostics);
  EXPECT_TRUE(loaded);
  EXPECT_EQ(diagnostics.render(), "");
}

}  // namespace
