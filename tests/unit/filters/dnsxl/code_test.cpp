// Codes of lists.  RFC 5782 §2.3
#include "filters/dnsxl/code.h"

#include <gtest/gtest.h>

#include "tests/support/named.h"

namespace filters::dnsxl {
namespace {

IpAddress ip(std::string_view text) { return IpAddress::parse(text).value(); }

struct Row {
  std::string name;
  std::string pattern;
  std::vector<std::string> inside;
  std::vector<std::string> outside;
};
POSTERN_NAMED(Row)

class Codes : public testing::TestWithParam<Row> {};

TEST_P(Codes, Match) {
  const Row& row = GetParam();
  const auto pattern = CodePattern::parse(row.pattern);
  ASSERT_TRUE(pattern) << pattern.error().text();
  for (const std::string& code : row.inside) EXPECT_TRUE(pattern->matches(ip(code))) << code;
  for (const std::string& code : row.outside) EXPECT_FALSE(pattern->matches(ip(code))) << code;
}

INSTANTIATE_TEST_SUITE_P(
    Table, Codes,
    testing::Values(
        Row{"one code", "127.0.0.2", {"127.0.0.2"}, {"127.0.0.3", "127.0.0.1", "127.1.0.2", "::1"}},
        Row{"a range", "127.0.0.2-11", {"127.0.0.2", "127.0.0.11"}, {"127.0.0.12", "127.0.1.5"}},
        Row{"a range of whole addresses",
            "127.0.0.200-127.0.1.5",
            {"127.0.0.200", "127.0.0.255", "127.0.1.0", "127.0.1.5"},
            {"127.0.0.199", "127.0.1.6"}},
        Row{"any octet", "127.0.*.3", {"127.0.0.3", "127.0.255.3"}, {"127.1.0.3", "127.0.0.2"}},
        Row{"an error among others", "127.0.*.1", {"127.0.5.1"}, {"127.0.0.1"}},
        Row{"a range in the middle", "127.0.2-4.1", {"127.0.2.1", "127.0.4.1"}, {"127.0.5.1", "127.0.0.1"}},
        Row{"errors are in no pattern",
            "127.*.*.*",
            {"127.0.0.2", "127.255.254.255"},
            {"127.0.0.1", "127.255.255.0", "127.255.255.252", "127.255.255.255", "128.0.0.2"}}));

TEST(Codes, OfAnyKindAreAddressesOfTheLoop) {
  EXPECT_TRUE(CodePattern::any().matches(ip("127.0.0.2")));
  EXPECT_TRUE(CodePattern::any().matches(ip("127.9.0.0")));
  EXPECT_FALSE(CodePattern::any().matches(ip("127.0.0.1")));
  EXPECT_FALSE(CodePattern::any().matches(ip("192.0.2.2")));
  EXPECT_FALSE(CodePattern::any().matches(ip("::2")));
}

TEST(Codes, OfErrorsAreNeverListings) {
  for (const auto* code :
       {"127.0.0.1", "127.255.255.0", "127.255.255.254", "126.0.0.2", "192.0.2.1", "0.0.0.0", "2001:db8::1"})
    EXPECT_TRUE(is_error_code(ip(code))) << code;
  for (const auto* code : {"127.0.0.0", "127.0.0.2", "127.255.254.254", "127.254.255.254"})
    EXPECT_FALSE(is_error_code(ip(code))) << code;
}

TEST(Codes, ThatAreNoneSayWhatWasExpected) {
  const auto why = [](std::string_view text) {
    const auto pattern = CodePattern::parse(text);
    return pattern ? "" : pattern.error().text();
  };
  const std::string none =
      " is no code of a list: expected one such as \"127.0.0.2\", \"127.0.0.2-11\" or "
      "\"127.0.*.3\"";
  for (const auto* text :
       {"", "127", "127.0.0", "127.0.0.2.3", "127.0.0.256", "127.0.0.x", "127.0.0.-2", "127.0.0.2-",
        "a.b.c.d", "127.0.0.2 ", "127..0.2", "::1", "127.0.0.2-11-12", "127.0.0.2-127.0.0.x"})
    EXPECT_EQ(why(text), "'" + std::string(text) + "'" + none);
  EXPECT_EQ(why("127.0.0.11-2"), "'127.0.0.11-2' ends before it begins");
  EXPECT_EQ(why("127.0.0.11-127.0.0.2"), "'127.0.0.11-127.0.0.2' ends before it begins");
  const std::string outside = ": codes are addresses of 127.0.0.0/8 (RFC 5782 §2.3)";
  for (const auto* text : {"192.0.2.1", "126-127.0.0.2", "*.0.0.2", "127.0.0.2-128.0.0.2"})
    EXPECT_EQ(why(text), "'" + std::string(text) + "'" + outside);
  const std::string error =
      ": 127.0.0.1 and 127.255.255.0/24 are errors of the list and never count as listed";
  for (const auto* text :
       {"127.0.0.1", "127.0.0.1-11", "127.255.255.254", "127.255.255.*", "127.0.0.1-127.0.0.9"})
    EXPECT_EQ(why(text), "'" + std::string(text) + "'" + error);
}

}  // namespace
}  // namespace filters::dnsxl
