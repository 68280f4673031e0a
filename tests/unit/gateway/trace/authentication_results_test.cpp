#include "gateway/trace/authentication_results.h"

#include <gtest/gtest.h>

#include <cctype>

#include "tests/support/named.h"

namespace gateway::trace {
namespace {

struct Case {
  std::string name;
  std::vector<Evidence> evidence;
  std::string expected;  // behind "Authentication-Results: gate.example.com;"
  bool utf8 = false;
};
POSTERN_NAMED(Case)

Evidence spf(std::string value, std::string reason = {}) {
  return {.method = "spf",
          .property = "smtp.mailfrom",
          .value = std::move(value),
          .outcome = Outcome::pass,
          .reason = std::move(reason),
          .details = {{"mechanism", "ip4"}}};
}

class AuthenticationResults : public testing::TestWithParam<Case> {};

TEST_P(AuthenticationResults, Reads) {
  EXPECT_EQ(authentication_results("gate.example.com", GetParam().evidence, GetParam().utf8),
            "Authentication-Results: gate.example.com;" + GetParam().expected + "\r\n");
}

INSTANTIATE_TEST_SUITE_P(
    Table, AuthenticationResults,
    testing::Values(
        Case{"nothing found", {}, " none"},
        Case{"a domain", {spf("a.example")}, "\r\n spf=pass smtp.mailfrom=a.example"},
        Case{"an address", {spf("x+y@a.example")}, "\r\n spf=pass smtp.mailfrom=x+y@a.example"},
        Case{"several methods, in order",
             {spf("a.example"),
              {.method = "spf",
               .property = "smtp.helo",
               .value = "mx.a.example",
               .outcome = Outcome::none,
               .reason = {},
               .details = {}},
              {.method = "dkim",
               .property = "header.d",
               .value = "a.example",
               .outcome = Outcome::fail,
               .reason = "body hash",
               .details = {{"selector", "s1"}}},
              {.method = "arc",
               .property = {},
               .value = {},
               .outcome = Outcome::none,
               .reason = {},
               .details = {}},
              {.method = "dmarc",
               .property = "header.from",
               .value = "a.example",
               .outcome = Outcome::pass,
               .reason = {},
               .details = {{"policy", "reject"}, {"org_domain", "a.example"}}}},
             "\r\n spf=pass smtp.mailfrom=a.example;\r\n spf=none smtp.helo=mx.a.example;"
             "\r\n dkim=fail reason=\"body hash\" header.d=a.example header.s=s1;\r\n arc=none;"
             "\r\n dmarc=pass header.from=a.example policy.dmarc=reject"},
        Case{"a method nobody registered is left out",
             {{.method = "from",
               .property = "header.from",
               .value = "a",
               .outcome = Outcome::permerror,
               .reason = {},
               .details = {}}},
             " none"},
        Case{"a property that is not the method's is left out",
             {{.method = "spf",
               .property = "header.d",
               .value = "a",
               .outcome = Outcome::pass,
               .reason = {},
               .details = {}}},
             "\r\n spf=pass"},
        Case{"no value, no property", {spf("")}, "\r\n spf=pass"},
        Case{"a value that is no token is quoted",
             {spf("a b;c\"d\\e@a.example")},
             "\r\n spf=pass smtp.mailfrom=\"a b;c\\\"d\\\\e@a.example\""},
        Case{"two at signs are no address", {spf("a@b@c")}, "\r\n spf=pass smtp.mailfrom=\"a@b@c\""},
        Case{"a value cannot end the field",
             {spf("a\r\nX-Evil: 1")},
             "\r\n spf=pass smtp.mailfrom=\"a\\\\x0d\\\\x0aX-Evil: 1\""},
        Case{"a reason cannot end the field nor the result",
             {spf("a", "x\r\n\r\n y\x07\"; dmarc=pass")},
             "\r\n spf=pass reason=\"x y\\\\x07\\\"; dmarc=pass\" smtp.mailfrom=a"},
        Case{"8-bit octets stay out of ASCII mail",
             {spf("ü@a.example", "ü")},
             "\r\n spf=pass reason=\"??\" smtp.mailfrom=\"??@a.example\""},
        Case{"UTF-8 where it was negotiated",
             {spf("ü@a.example", "ü\xff")},
             "\r\n spf=pass reason=\"ü\\\\xff\" smtp.mailfrom=\"ü@a.example\"",
             true},
        Case{"a long reason is folded at its spaces",
             {spf("a.example", "the record of a.example says that this address may not send mail for it")},
             "\r\n spf=pass reason=\"the record of a.example says that this address may not send"
             "\r\n mail for it\" smtp.mailfrom=a.example"}));

// Whatever octet stands wherever in a value or a reason: nothing ends the quotes, the result or the line.
TEST(AuthenticationResultsOctets, NoneSlipsThroughAtAnyPlace) {
  for (const bool utf8 : {false, true})
    for (const std::size_t size : {1, 2, 7, 8, 9, 16, 17})
      for (std::size_t at = 0; at < size; ++at)
        for (unsigned octet = 0; octet < 256; ++octet) {
          std::string text(size, 'a');
          text[at] = static_cast<char>(octet);
          const std::string shown = printable(text);
          std::string inside;
          for (const char c : shown) {
            if (c == '"' || c == '\\') inside += '\\';
            inside += c;
          }
          const bool token = std::isalnum(static_cast<int>(octet)) || octet == '.' || octet == '-' ||
                             octet == '_' || octet == '+' || (octet == '@' && at + 1 < size);
          const std::string value = token ? text : "\"" + inside + "\"";
          const std::string begin = "Authentication-Results: g;\r\n spf=pass ";
          ASSERT_EQ(authentication_results("g", std::vector{spf(text)}, utf8),
                    begin + "smtp.mailfrom=" + value + "\r\n");
          if (octet == ' ' || octet == '\t' || octet == '\r' || octet == '\n') continue;  // made one space
          ASSERT_EQ(authentication_results("g", std::vector{spf("", text)}, utf8),
                    begin + "reason=\"" + inside + "\"\r\n");
        }
}

TEST(AuthenticationResultsLength, HostileTextIsCut) {
  const std::string field = authentication_results(
      "gate.example.com", std::vector{spf(std::string(9000, '"'), std::string(9000, '\\'))});
  EXPECT_LT(field.size(), 1200u);
  for (std::size_t at = 0; at < field.size();) {
    const auto end = field.find("\r\n", at);
    ASSERT_NE(end, field.npos);
    EXPECT_LE(end - at, 998u);
    EXPECT_NE(end, at);
    at = end + 2;
  }
}

}  // namespace
}  // namespace gateway::trace
