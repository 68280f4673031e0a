// Text is looked at in blocks where that is faster: it must come out as when each octet is looked at alone.
#include "policy/facts/text.h"

#include <gtest/gtest.h>

#include <cstdio>

namespace policy {
namespace {

// Around the widths of all blocks, with every octet at every place.
template <class Check>
void with_an_odd_octet_anywhere(std::size_t longest, Check check) {
  for (std::size_t size = 1; size <= longest; ++size)
    for (std::size_t at = 0; at < size; ++at)
      for (unsigned octet = 0; octet < 256; ++octet) {
        std::string text(size, 'a');
        text[at] = static_cast<char>(octet);
        check(text, at, octet);
        if (testing::Test::HasFailure()) return;
      }
}

TEST(IsAscii, FindsTheOneOctetThatIsNot) {
  EXPECT_TRUE(is_ascii(""));
  with_an_odd_octet_anywhere(40, [](const std::string& text, std::size_t at, unsigned octet) {
    EXPECT_EQ(is_ascii(text), octet < 0x80) << text.size() << " octets, " << octet << " at " << at;
  });
}

TEST(IsAscii, FindsItInALongText) {
  for (const std::size_t size : {255, 256, 257, 511, 512, 519, 520, 521})
    for (std::size_t at = 0; at < size; ++at) {
      std::string text(size, '\x7f');
      EXPECT_TRUE(is_ascii(text));
      text[at] = '\x80';
      EXPECT_FALSE(is_ascii(text)) << size << " octets, at " << at;
    }
}

TEST(EqualNocase, KnowsTheCaseOfLettersAlone) {
  // Every octet against what differs from it in few bits, at every place of texts of all lengths.
  for (std::size_t size = 1; size <= 20; ++size)
    for (std::size_t at = 0; at < size; ++at)
      for (unsigned octet = 0; octet < 256; ++octet)
        for (const unsigned other : {octet, octet ^ 0x20u, octet ^ 0x60u, octet ^ 0x80u, octet ^ 0x21u}) {
          std::string a(size, 'a');
          std::string b(size, 'A');
          a[at] = static_cast<char>(octet);
          b[at] = static_cast<char>(other);
          ASSERT_EQ(equal_nocase(a, b), to_lower(a[at]) == to_lower(b[at]))
              << size << " octets, " << octet << " and " << other << " at " << at;
        }
  EXPECT_TRUE(equal_nocase("", ""));
  EXPECT_FALSE(equal_nocase("a", ""));
  EXPECT_FALSE(equal_nocase("abcdefgh", "abcdefghi"));
}

TEST(IsValidUtf8, FindsTheOneOctetThatIsNot) {
  with_an_odd_octet_anywhere(40, [](const std::string& text, std::size_t at, unsigned octet) {
    EXPECT_EQ(is_valid_utf8(text), octet < 0x80) << text.size() << " octets, " << octet << " at " << at;
  });
}

TEST(Printable, EscapesTheOneOctetThatNeedsIt) {
  EXPECT_EQ(printable(""), "");
  with_an_odd_octet_anywhere(40, [](const std::string& text, std::size_t at, unsigned octet) {
    std::string expected = text;
    if (octet < 0x20 || octet >= 0x7f) {
      char hex[8];
      std::snprintf(hex, sizeof hex, "\\x%02x", octet);
      expected.replace(at, 1, hex);
    }
    EXPECT_EQ(printable(text), expected);
  });
}

TEST(Printable, EscapesEveryOctetOfAHostileText) {
  for (std::size_t size = 0; size <= 80; ++size) {
    std::string text;
    std::string expected;
    for (std::size_t at = 0; at < size; ++at) {
      const bool plain = at % 11 < at % 7;  // runs of all lengths around a block
      text += plain ? 'a' : '\x1b';
      expected += plain ? "a" : "\\x1b";
    }
    EXPECT_EQ(printable(text, 1000), expected);
  }
}

TEST(Printable, KeepsGoodUtf8AndShowsTheRest) {
  for (std::size_t before = 0; before <= 20; ++before)
    for (std::size_t behind = 0; behind <= 20; ++behind) {
      const std::string left(before, 'a');
      const std::string right(behind, 'b');
      EXPECT_EQ(printable(left + "ü⚠" + right), left + "ü⚠" + right);
      EXPECT_EQ(printable(left + "\xc3" + right), left + "\\xc3" + right) << "cut";
      EXPECT_EQ(printable(left + "\xc2\x9b" + right), left + "\\xc2\\x9b" + right) << "C1";
      EXPECT_EQ(printable(left + "\xe2\x80\xae" + right), left + "\\xe2\\x80\\xae" + right) << "bidi";
      EXPECT_EQ(printable(left + "\xc0\xaf" + right), left + "\\xc0\\xaf" + right) << "overlong";
      EXPECT_EQ(printable(left + "\xed\xa0\x80" + right), left + "\\xed\\xa0\\x80" + right) << "surrogate";
    }
}

TEST(Printable, CutsWhereItIsTold) {
  const std::string dots = "…";
  for (std::size_t size = 0; size <= 40; ++size)
    for (std::size_t most = 0; most <= 40; ++most) {
      const std::string text(size, 'a');
      EXPECT_EQ(printable(text, most), size <= most ? text : text.substr(0, most) + dots);
    }
  EXPECT_EQ(printable("abc\n", 4), "abc\\x0a") << "an octet that was begun is told whole";
  EXPECT_EQ(printable("abc\nd", 4), "abc\\x0a" + dots);
  EXPECT_EQ(printable("abü", 3), "abü");
  EXPECT_EQ(printable(std::string(256, 'a')), std::string(256, 'a'));
  EXPECT_EQ(printable(std::string(257, 'a')), std::string(256, 'a') + dots);
}

}  // namespace
}  // namespace policy
