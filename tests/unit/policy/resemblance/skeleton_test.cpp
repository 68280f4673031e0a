// What is left of a text for the eye.
#include "policy/resemblance/skeleton.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "policy/facts/utf8.h"
#include "policy/resemblance/one_edit.h"
#include "tests/support/named.h"

namespace policy::resemblance {
namespace {

struct Case {
  std::string name;
  std::string text;
  std::string skeleton;
};
POSTERN_NAMED(Case)

class Skeleton : public testing::TestWithParam<Case> {};

TEST_P(Skeleton, IsWhatTheEyeTakes) {
  EXPECT_EQ(skeleton(GetParam().text), GetParam().skeleton);
  EXPECT_EQ(skeleton(GetParam().skeleton), GetParam().skeleton) << "it is its own skeleton";
}

INSTANTIATE_TEST_SUITE_P(
    Table, Skeleton,
    testing::Values(
        Case{"empty", "", ""}, Case{"capitals", "Muster", "muster"}, Case{"zero", "m0ney", "money"},
        Case{"one, capital i, bar", "pa1 paI pa| pal", "pal pal pal pal"}, Case{"rn", "exarnple", "example"},
        Case{"vv", "vveb", "web"}, Case{"three v", "vvv", "wv"}, Case{"r and n apart", "r.n r n", "r.n r n"},
        Case{"umlauts", "M\u00fcller \u00c4\u00d6", "muller ao"},
        Case{"composed and not", "Jose\u0301", "jose"}, Case{"several marks", "e\u0323\u0302", "e"},
        Case{"Vietnamese", "Nguy\u1ec5n", "nguyen"},
        Case{"stroke and ligature", "\u0141\u00f8\u00e6\u00df\u1e9e", "loaessss"},
        Case{"dotless i", "\u0131\u0130", "ll"}, Case{"Cyrillic", "\u0430\u0440\u0440\u04cf\u0435", "apple"},
        Case{"Cyrillic capitals", "\u0420\u0410\u0423\u0420\u0410L", "paypal"},
        Case{"Cyrillic that looks like nothing Latin", "\u0418\u0432\u0430\u043d",
             "\u0438ba"
             "h"},
        Case{"its case", "\u0418\u0412\u0410\u041d",
             "\u0438ba"
             "h"},
        Case{"Greek", "\u03bf\u03c1\u03b1", "opa"}, Case{"Greek with accents", "\u03cc\u03ac", "oa"},
        Case{"Armenian", "\u0585\u057d", "ou"}, Case{"Cherokee", "\u13a1\u13a2", "rt"},
        Case{"small capitals", "\u1d18\u1d00", "pa"},
        Case{"fullwidth", "\uff30\uff41\uff59\uff30\uff41\uff4c\uff12", "paypal2"},
        Case{"mathematical bold", "\U0001d413\U0001d42e\U0001d7cf", "tul"},
        Case{"letters in circles and squares", "\u24d0\u24b7\U0001f132", "abc"},
        Case{"Roman numerals", "\u2170\u217c", "ll"},
        Case{"zeros of other scripts", "\u0966\u0ed0\u06f0", "ooo"},
        Case{"zero-width space", "pay\u200bpal", "paypal"},
        Case{"soft hyphen and joiner", "pay\u00adp\u200dal", "paypal"},
        Case{"bidirectional controls", "\u202epay\u202c", "pay"},
        Case{"control octets", std::string("pa\0y\x1b\x7f", 6), "pay"},
        Case{"malformed UTF-8", "pa\xff\xc3y\xe2\x82", "pay"},
        Case{"other spaces", "a\u00a0b\u3000c", "a b c"},
        Case{"quotation marks", "\u201ea\u201c O\u2019B", " a  o b"},
        Case{"hyphens", "a\u2010b\u2013c", "a-b-c"},
        Case{"other full stops", "a\u3002b\uff0ec\uff61d", "a.b.c.d"},
        Case{"other at signs", "a\uff20b", "a@b"}, Case{"Chinese stays", "\u5c71\u7530", "\u5c71\u7530"},
        Case{"emoji stay", "\U0001f600", "\U0001f600"}));

TEST(SkeletonOfADomain, ShowsULabels) {
  EXPECT_EQ(skeleton(Domain::parse("xn--pple-43d.example").value()), "apple.example");
  EXPECT_EQ(skeleton(Domain::parse("k\u00f6ln.example").value()), "koln.example");
  EXPECT_EQ(skeleton(Domain::parse("exarnp1e.example").value()), "example.example");
  EXPECT_EQ(skeleton(Domain::parse("xn--a.example").value()), "xn--a.example") << "no U-label";
}

TEST(Skeletons, OfEveryCharacterAreStableAndNoLonger) {
  for (std::uint32_t point = 1; point < 0x20000; ++point) {
    std::string text;
    append_point(text, point);
    const std::string once = skeleton(text);
    ASSERT_LE(once.size(), text.size()) << std::hex << point;
    ASSERT_EQ(skeleton(once), once) << std::hex << point;
  }
}

struct Edit {
  std::string name;
  std::string word;
  std::string other;
  int at;  // -1: not one edit apart
};
POSTERN_NAMED(Edit)

class OneEdit : public testing::TestWithParam<Edit> {};

TEST_P(OneEdit, IsFoundWhereItIs) {
  const Edit& row = GetParam();
  const auto at = one_edit(row.word, row.other);
  EXPECT_EQ(at ? static_cast<int>(*at) : -1, row.at);
  EXPECT_EQ(one_edit(row.other, row.word).has_value(), row.at >= 0) << "the other way round";
}

INSTANTIATE_TEST_SUITE_P(
    Table, OneEdit,
    testing::Values(Edit{"the same", "abc", "abc", -1}, Edit{"both empty", "", "", -1},
                    Edit{"one letter", "", "a", 0}, Edit{"one more in front", "abc", "xabc", 0},
                    Edit{"one more inside", "abc", "abxc", 2}, Edit{"one more behind", "abc", "abcx", 3},
                    Edit{"a letter twice", "abc", "abbc", 2}, Edit{"one less", "abc", "ac", 1},
                    Edit{"another in front", "abc", "xbc", 0}, Edit{"another behind", "abc", "abx", 2},
                    Edit{"swapped in front", "abc", "bac", 0}, Edit{"swapped behind", "abc", "acb", 1},
                    Edit{"swapped not side by side", "abc", "cba", -1},
                    Edit{"two others", "abcd", "axyd", -1}, Edit{"two more", "abc", "abcxy", -1},
                    Edit{"one more and one other", "abc", "xbcy", -1},
                    Edit{"long and short", "abcdef", "a", -1}));

// What the look-up relies on: texts one edit apart share a hash.
TEST_P(OneEdit, SharesAHash) {
  const Edit& row = GetParam();
  if (row.at < 0) return;
  const auto all = [](std::string_view text) {
    const EditHashes hashes(text);
    EXPECT_EQ(hashes.whole, text_hash(text));
    for (std::size_t i = 0; i < text.size(); ++i)
      EXPECT_EQ(hashes.without[i], text_hash(std::string(text).erase(i, 1))) << text << i;
    auto every = hashes.without;
    every.push_back(hashes.whole);
    return every;
  };
  const auto others = all(row.other);
  EXPECT_TRUE(std::ranges::any_of(
      all(row.word), [&](std::uint64_t hash) { return std::ranges::find(others, hash) != others.end(); }));
}

}  // namespace
}  // namespace policy::resemblance
