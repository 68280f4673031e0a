// Policy tests with mistakes and policy tests that fail, tests/configs/policy-tests.table: each earns exactly
// the text that stands there.
#include <gtest/gtest.h>

#include <array>
#include <fstream>

#include "gateway/rehearsal/test_reader.h"
#include "gateway/rehearsal/test_run.h"
#include "tests/support/desk_world.h"
#include "tests/support/paths.h"
#include "tests/support/policy_bench.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/text_table.h"

namespace gateway::rehearsal {
namespace {

std::filesystem::path configs() { return support::source_dir() / "tests/configs"; }

const std::vector<support::TableRow>& rows() {
  static const std::vector<support::TableRow> all = support::read_table(configs() / "policy-tests.table");
  return all;
}

std::shared_ptr<pipeline::InForce> in_force() {
  static const auto loaded = support::desk_in_force(support::file_text(configs() / "policy-tests.toml"),
                                                    "filter.dkim.enabled = false\n");
  return loaded;
}

class BrokenTests : public testing::TestWithParam<std::size_t> {};

TEST_P(BrokenTests, SayWhatIsWrongAndWhere) {
  const support::TableRow& row = rows()[GetParam()];
  const support::TemporaryDirectory directory;
  const std::array file{directory.path() / "tests.toml"};
  std::ofstream(file[0], std::ios::binary) << row.text;
  policy::Diagnostics diagnostics;
  const TestSet set =
      read_tests(file, {in_force()->vocabulary, in_force()->policy.get(), support::noon(), {}}, diagnostics);
  std::string text = diagnostics.render();
  for (const TestResult& result : run_tests(in_force(), set.tests)) {
    for (const Difference& one : result.differences)
      text += policy::render(as_diagnostic(result, one)) + '\n';
    for (const std::string& line : result.because) text += "      " + line + '\n';
  }
  EXPECT_EQ(support::with_all_replaced(std::move(text), directory.path().string() + "/", ""), row.expected);
}

INSTANTIATE_TEST_SUITE_P(Table, BrokenTests, testing::Range<std::size_t>(0, rows().size()),
                         [](const auto& info) { return support::test_name(info.index, rows()[info.param]); });

}  // namespace
}  // namespace gateway::rehearsal
