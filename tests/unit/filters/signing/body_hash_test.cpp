// The two canonical forms of a body, cut into slices anywhere.  RFC 6376 §3.4.3, §3.4.4
#include "filters/signing/body_hash.h"

#include <gtest/gtest.h>

#include "tests/support/named.h"

namespace filters::signing {
namespace {

using enum signing::Canonicalization;

struct Body {
  std::string name;
  std::string text;
  std::string simple;
  std::string relaxed;
};
POSTERN_NAMED(Body)

std::string hash(std::string_view text) {
  Sha256 digest;
  digest.take(text);
  return digest.finish();
}

class CanonicalBody : public testing::TestWithParam<Body> {};

TEST_P(CanonicalBody, IsHashedHoweverItIsCut) {
  const Body& body = GetParam();
  for (const auto& [form, wanted] : {std::pair(simple, body.simple), std::pair(relaxed, body.relaxed)})
    for (std::size_t slice = 1; slice <= body.text.size() + 1; ++slice) {
      BodyHash running(form, std::nullopt);
      for (std::size_t at = 0; at < body.text.size(); at += slice)
        running.take(std::string_view(body.text).substr(at, slice));
      const BodyHash::Result result = running.finish();
      EXPECT_EQ(result.octets, wanted.size()) << slice;
      EXPECT_EQ(result.hash, hash(wanted)) << slice;
    }
}

INSTANTIATE_TEST_SUITE_P(
    Table, CanonicalBody,
    testing::Values(Body{"nothing at all", "", "\r\n", ""}, Body{"one empty line", "\r\n", "\r\n", ""},
                    Body{"many empty lines", "\r\n\r\n\r\n", "\r\n", ""},
                    Body{"lines of white space", " \r\n\t \r\n", " \r\n\t \r\n", ""},
                    Body{"the example of RFC 6376 §3.4.5", " C \r\nD \t E\r\n\r\n\r\n", " C \r\nD \t E\r\n",
                         " C\r\nD E\r\n"},
                    Body{"no last line end", "a b", "a b\r\n", "a b\r\n"},
                    Body{"white space without a line end", "a \t", "a \t\r\n", "a\r\n"},
                    Body{"empty lines within", "a\r\n\r\n\r\nb\r\n", "a\r\n\r\n\r\nb\r\n",
                         "a\r\n\r\n\r\nb\r\n"},
                    Body{"a lone CR is text", "a\rb \r\n \rc\r\n", "a\rb \r\n \rc\r\n", "a\rb\r\n \rc\r\n"},
                    Body{"a lone LF is text", "a \n b\r\n\n\r\n", "a \n b\r\n\n\r\n", "a \n b\r\n\n\r\n"},
                    Body{"CR at the end", "a\r", "a\r\r\n", "a\r\r\n"},
                    Body{"two CRs", "a\r\r\nb", "a\r\r\nb\r\n", "a\r\r\nb\r\n"},
                    Body{"NUL and 8-bit octets", std::string("\0 \xff", 3), std::string("\0 \xff\r\n", 5),
                         std::string("\0 \xff\r\n", 5)}));

TEST(BodyHash, StopsAtTheLengthAndCountsOn) {  // RFC 6376 §3.5, l=
  BodyHash running(simple, 3);
  running.take("abcdef\r\n\r\n");
  const BodyHash::Result result = running.finish();
  EXPECT_EQ(result.hash, hash("abc"));
  EXPECT_EQ(result.octets, 8u);
}

TEST(BodyHash, TakesLongRunsAndShortOnes) {
  std::string text;
  for (std::size_t i = 0; i < 3000; ++i) text += std::string(i % 7 == 0 ? 5000 : i % 5, 'x') + " ";
  BodyHash running(relaxed, std::nullopt);
  running.take(text);
  std::string wanted;
  for (const char c : text)
    if (c != ' ' || wanted.empty() || wanted.back() != ' ') wanted += c;
  wanted.back() = '\r';
  EXPECT_EQ(running.finish().hash, hash(wanted + "\n"));
}

}  // namespace
}  // namespace filters::signing
