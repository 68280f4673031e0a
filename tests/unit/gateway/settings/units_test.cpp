// Durations, sizes and shares as people write them, and what the errors say.

#include "gateway/settings/units.h"

#include <gtest/gtest.h>

#include "tests/support/named.h"

namespace gateway::settings {
namespace {

struct Case {
  std::string name;
  std::string text;
  std::int64_t value = -1;     // -1: refused
  std::string error_has = {};  // part of the error
};
POSTERN_NAMED(Case)

class ReadDuration : public testing::TestWithParam<Case> {};

TEST_P(ReadDuration, ReadsOrSaysWhatWasExpected) {
  const auto parsed = parse_duration(GetParam().text);
  ASSERT_EQ(parsed.has_value(), GetParam().value >= 0);
  if (parsed)
    EXPECT_EQ(parsed->count(), GetParam().value);
  else
    EXPECT_NE(parsed.error().text().find(GetParam().error_has), std::string::npos) << parsed.error().text();
}

INSTANTIATE_TEST_SUITE_P(
    Table, ReadDuration,
    testing::Values(
        Case{"milliseconds", "500ms", 500}, Case{"seconds", "30s", 30'000}, Case{"minutes", "5m", 300'000},
        Case{"minutes in full", "5min", 300'000}, Case{"hours", "4h", 14'400'000},
        Case{"days", "2d", 172'800'000}, Case{"a space before the unit", "5 min", 300'000},
        Case{"nothing is a duration too", "0s", 0}, Case{"the longest", "36500d", 3'153'600'000'000},
        Case{"longer than the longest", "36501d", -1, "the most is 36500d"},
        Case{"more digits than a number holds", "99999999999999999999s", -1, "the most is 36500d"},
        Case{"overflow by the unit", "18446744073709551615h", -1, "too large"},
        Case{"without a unit", "30", -1, "expected a duration with its unit"},
        Case{"an unknown unit", "30x", -1, "expected a duration"},
        Case{"a unit mistyped", "5mni", -1, "did you mean min"},
        Case{"a size is none", "25MB", -1, "expected a duration"},
        Case{"negative", "-5s", -1, "expected a duration"}, Case{"with a sign", "+5s", -1, "'+5s'"},
        Case{"a fraction", "1.5h", -1, "'1.5h'"}, Case{"empty", "", -1, "expected"},
        Case{"only a unit", "s", -1, "expected"},
        Case{"control octets are shown, not printed", "5\x1b[2J", -1, "\\x1b"}));

class ReadSize : public testing::TestWithParam<Case> {};

TEST_P(ReadSize, ReadsOrSaysWhatWasExpected) {
  const auto parsed = parse_size(GetParam().text);
  ASSERT_EQ(parsed.has_value(), GetParam().value >= 0);
  if (parsed)
    EXPECT_EQ(*parsed, static_cast<std::uint64_t>(GetParam().value));
  else
    EXPECT_NE(parsed.error().text().find(GetParam().error_has), std::string::npos) << parsed.error().text();
}

INSTANTIATE_TEST_SUITE_P(
    Table, ReadSize,
    testing::Values(Case{"octets", "500B", 500}, Case{"kilobytes are thousands", "2kB", 2000},
                    Case{"a capital K too", "2KB", 2000}, Case{"megabytes are millions", "25MB", 25'000'000},
                    Case{"gigabytes", "5GB", 5'000'000'000}, Case{"terabytes", "1TB", 1'000'000'000'000},
                    Case{"kibibytes", "16KiB", 16384}, Case{"mebibytes", "1MiB", 1048576},
                    Case{"gibibytes", "1GiB", 1073741824}, Case{"nothing", "0B", 0},
                    Case{"without a unit", "50000000", -1, "expected a size with its unit"},
                    Case{"small letters mean something else", "25mb", -1, "did you mean MB"},
                    Case{"only a prefix", "25M", -1, "did you mean MB"},
                    Case{"more than there is", "1001TB", -1, "the most is 1000TB"},
                    Case{"overflow by the unit", "18446744073709551615TiB", -1, "too large"},
                    Case{"a duration is none", "30s", -1, "expected a size"},
                    Case{"empty", "", -1, "expected"}));

TEST(ReadShare, ReadsPercentages) {
  EXPECT_DOUBLE_EQ(parse_share("5%").value(), 0.05);
  EXPECT_DOUBLE_EQ(parse_share("0%").value(), 0.0);
  EXPECT_DOUBLE_EQ(parse_share("100%").value(), 1.0);
  EXPECT_DOUBLE_EQ(parse_share("2.5 %").value(), 0.025);
  for (const char* bad : {"", "%", "5", "101%", "-1%", "nan%", "inf%", "1e1%", "0x5%", "5%%", "1.2.3%", ".%"})
    EXPECT_FALSE(parse_share(bad)) << bad;
  EXPECT_EQ(parse_share("5").error().text(), "'5' is no share: expected a percentage, such as \"5%\"");
}

TEST(WriteUnits, WriteWhatTheyRead) {
  EXPECT_EQ(duration_text(std::chrono::hours(4)), "4h");
  EXPECT_EQ(duration_text(std::chrono::seconds(90)), "90s");
  EXPECT_EQ(duration_text(std::chrono::minutes(5)), "5min");
  EXPECT_EQ(duration_text(std::chrono::milliseconds(1500)), "1500ms");
  EXPECT_EQ(duration_text(std::chrono::milliseconds(0)), "0s");
  EXPECT_EQ(size_text(50'000'000), "50MB");
  EXPECT_EQ(size_text(262144), "256KiB");
  EXPECT_EQ(size_text(7), "7B");
  EXPECT_EQ(size_text(0), "0B");
}

}  // namespace
}  // namespace gateway::settings
