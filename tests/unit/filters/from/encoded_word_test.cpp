// What a reader sees of encoded words: RFC 2047 §8 examples, charsets, and words that are none.
#include "filters/from/encoded_word.h"

#include <gtest/gtest.h>

#include "tests/support/named.h"

namespace filters::from {
namespace {

struct Case {
  std::string name;
  std::string text;
  std::string decoded;
};
POSTERN_NAMED(Case)

class EncodedWord : public testing::TestWithParam<Case> {};

TEST_P(EncodedWord, ReadsAsShown) { EXPECT_EQ(decode_text(GetParam().text), GetParam().decoded); }

INSTANTIATE_TEST_SUITE_P(
    Table, EncodedWord,
    testing::Values(Case{"empty", "", ""}, Case{"plain text stays", "Keith Moore", "Keith Moore"},
                    Case{"plain UTF-8 stays", "K\u00f6ln =", "K\u00f6ln ="},
                    Case{"Q in US-ASCII", "=?US-ASCII?Q?Keith_Moore?= <x>", "Keith Moore <x>"},
                    Case{"Q in ISO-8859-1", "=?ISO-8859-1?Q?Andr=E9?= Pirard", "Andr\u00e9 Pirard"},
                    Case{"B in UTF-8", "=?UTF-8?B?w6k=?=", "\u00e9"},
                    Case{"B without padding", "=?utf-8?b?w6k?=", "\u00e9"},
                    Case{"Q in windows-1252", "=?windows-1252?q?=80_=93x=94?=", "\u20ac \u201cx\u201d"},
                    Case{"a language behind the charset", "=?us-ascii*en-us?q?x?=", "x"},
                    Case{"one word", "(=?ISO-8859-1?Q?a?=)", "(a)"},
                    Case{"a word and text keep their blank", "=?ISO-8859-1?Q?a?= b", "a b"},
                    Case{"adjacent words lose it", "=?ISO-8859-1?Q?a?=  \t =?ISO-8859-1?Q?b?=", "ab"},
                    Case{"adjacent words of two charsets too", "=?ISO-8859-1?Q?=E9?= =?UTF-8?Q?b?=",
                         "\u00e9"
                         "b"},
                    Case{"an encoded blank stays", "=?ISO-8859-1?Q?a_?= =?ISO-8859-1?Q?b?=", "a b"},
                    Case{"a character cut in two is joined", "=?utf-8?q?=C3?= =?utf-8?q?=A9?=", "\u00e9"},
                    Case{"inside quotes too", "\"=?utf-8?q?boss?=\"", "\"boss\""},
                    Case{"glued to text", "x=?utf-8?q?y?=z", "xyz"},
                    Case{"unknown charset stays", "=?koi8-r?q?=C1?=", "=?koi8-r?q?=C1?="},
                    Case{"broken UTF-8 stays", "=?utf-8?q?=C3?= x", "=?utf-8?q?=C3?= x"},
                    Case{"broken run stays whole",
                         "=?utf-8?q?=C3?= =?utf-8?q?x?=", "=?utf-8?q?=C3?= =?utf-8?q?x?="},
                    Case{"8 bit in US-ASCII stays", "=?us-ascii?q?=E9?=", "=?us-ascii?q?=E9?="},
                    Case{"broken hex stays", "=?utf-8?q?=ZZ?=", "=?utf-8?q?=ZZ?="},
                    Case{"cut hex stays", "=?utf-8?q?a=C?=", "=?utf-8?q?a=C?="},
                    Case{"broken base64 stays", "=?utf-8?b?w!k=?=", "=?utf-8?b?w!k=?="},
                    Case{"one base64 digit stays", "=?utf-8?b?w?=", "=?utf-8?b?w?="},
                    Case{"unknown encoding stays", "=?utf-8?x?a?=", "=?utf-8?x?a?="},
                    Case{"a blank inside is no word", "=?utf-8?q?a b?=", "=?utf-8?q?a b?="},
                    Case{"unfinished", "=?utf-8?q?a", "=?utf-8?q?a"},
                    Case{"unfinished charset", "=?utf-8", "=?utf-8"}, Case{"only its start", "a =?", "a =?"},
                    Case{"a word behind a false start", "=?=?utf-8?q?a?=", "=?a"},
                    Case{"empty word",
                         "a=?utf-8?q?"
                         "?=b",
                         "ab"}));

TEST(EncodedWordBounds, ManyFalseStartsTakeNoLongTime) {
  std::string text;
  while (text.size() < 256 * 1024) text += "=?";
  EXPECT_EQ(decode_text(text), text);
}

}  // namespace
}  // namespace filters::from
