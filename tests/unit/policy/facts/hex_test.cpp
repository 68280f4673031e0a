#include "policy/facts/hex.h"

#include <gtest/gtest.h>

namespace policy {
namespace {

TEST(Hex, ReadsBackEachOctet) {
  for (int octet = 0; octet < 256; ++octet) {
    const auto c = static_cast<char>(octet);
    std::string upper;
    append_hex(upper, c, kUpperHexDigits);
    EXPECT_EQ(hex_octet(hex({&c, 1}), 0), c) << octet;
    EXPECT_EQ(hex_octet("%" + upper, 1), c) << octet;
  }
}

TEST(Hex, HasSixteenDigitsAndSixLettersTwice) {
  const std::string_view digits = "0123456789abcdefABCDEF";
  for (int octet = 0; octet < 256; ++octet) {
    const auto c = static_cast<char>(octet);
    EXPECT_EQ(hex_value(c) >= 0, digits.find(c) != digits.npos) << octet;
  }
}

TEST(Hex, IsNothingWhereTheTextEnds) {
  EXPECT_FALSE(hex_octet("", 0));
  EXPECT_FALSE(hex_octet("4", 0));
  EXPECT_FALSE(hex_octet("41", 1));
  EXPECT_FALSE(hex_octet("41", std::string_view::npos));
  EXPECT_FALSE(hex_octet("4g", 0));
  EXPECT_FALSE(hex_octet("g4", 0));
  EXPECT_EQ(hex_octet("x41", 1), 'A');
}

}  // namespace
}  // namespace policy
