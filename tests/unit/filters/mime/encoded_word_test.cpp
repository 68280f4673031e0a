// What a reader sees of encoded words: RFC 2047 §8 examples, charsets, and words that are none.
#include "filters/mime/encoded_word.h"

#include <gtest/gtest.h>

#include "tests/support/named.h"

namespace filters::mime {
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
    testing::Values(
        Case{"empty", "", ""}, Case{"plain text stays", "Keith Moore", "Keith Moore"},
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
        Case{"of an unknown charset only ASCII means something", "=?gb2312?q?a=C1b?=", "a\ufffdb"},
        Case{"UTF-16", "=?utf-16?b?AGEA6Q==?=", "a\u00e9"},
        Case{"UTF-16 with the other order", "=?utf-16le?b?YQDpAA==?=", "a\u00e9"},
        Case{"UTF-16 with a mark", "=?utf-16?b?//5hAA==?=", "a"},
        Case{"UTF-16 in pairs", "=?utf-16be?b?2D3eAA==?=", "\U0001f600"},
        Case{"half a pair of UTF-16", "=?utf-16be?b?2D0AYQ==?=", "\ufffda"},
        Case{"half a unit of UTF-16", "=?utf-16be?b?AGEA?=", "a\ufffd"},
        Case{"broken UTF-8 is replaced", "=?utf-8?q?a=C3?= x", "a\ufffd x"},
        Case{"a word is not saved from rules by an octet behind it", "=?utf-8?q?boss=FF?=", "boss\ufffd"},
        Case{"broken UTF-8 across words", "=?utf-8?q?=C3?= =?utf-8?q?x?=", "\ufffdx"},
        Case{"8 bit in US-ASCII", "=?us-ascii?q?a=E9?=", "a\ufffd"},
        Case{"a surrogate in UTF-8", "=?utf-8?q?=ED=A0=80?=", "\ufffd\ufffd\ufffd"},
        Case{"broken hex stays", "=?utf-8?q?=ZZ?=", "=?utf-8?q?=ZZ?="},
        Case{"cut hex stays", "=?utf-8?q?a=C?=", "=?utf-8?q?a=C?="},
        Case{"broken base64 stays", "=?utf-8?b?w!k=?=", "=?utf-8?b?w!k=?="},
        Case{"one base64 digit stays", "=?utf-8?b?w?=", "=?utf-8?b?w?="},
        Case{"unknown encoding stays", "=?utf-8?x?a?=", "=?utf-8?x?a?="},
        Case{"a blank inside is no word", "=?utf-8?q?a b?=", "=?utf-8?q?a b?="},
        Case{"unfinished", "=?utf-8?q?a", "=?utf-8?q?a"}, Case{"unfinished charset", "=?utf-8", "=?utf-8"},
        Case{"only its start", "a =?", "a =?"}, Case{"a word behind a false start", "=?=?utf-8?q?a?=", "=?a"},
        Case{"empty word",
             "a=?utf-8?q?"
             "?=b",
             "ab"}));

INSTANTIATE_TEST_SUITE_P(
    Charsets, EncodedWord,
    testing::Values(Case{"ISO-8859-2", "=?iso-8859-2?q?=A9kr=EDpek?=", "\u0160kr\u00edpek"},
                    Case{"ISO-8859-3", "=?iso-8859-3?q?=A6?=", "\u0124"},
                    Case{"ISO-8859-4", "=?iso-8859-4?q?=E0?=", "\u0101"},
                    Case{"ISO-8859-5", "=?iso-8859-5?q?=B8=D2=D0=DD?=", "\u0418\u0432\u0430\u043d"},
                    Case{"ISO-8859-6", "=?iso-8859-6?q?=C7?=", "\u0627"},
                    Case{"ISO-8859-7", "=?iso-8859-7?b?yOVz?=", "\u0398\u03b5s"},
                    Case{"ISO-8859-8", "=?iso-8859-8-i?q?=E0?=", "\u05d0"},
                    Case{"ISO-8859-9", "=?iso-8859-9?q?=DD=FE?=", "\u0130\u015f"},
                    Case{"ISO-8859-10", "=?iso-8859-10?q?=AA?=", "\u0160"},
                    Case{"ISO-8859-11", "=?iso-8859-11?q?=A1?=", "\u0e01"},
                    Case{"ISO-8859-13", "=?iso-8859-13?q?=E0?=", "\u0105"},
                    Case{"ISO-8859-14", "=?iso-8859-14?q?=A1?=", "\u1e02"},
                    Case{"ISO-8859-15", "=?ISO-8859-15?Q?=A4?=", "\u20ac"},
                    Case{"ISO-8859-16", "=?iso-8859-16?q?=AA?=", "\u0218"},
                    Case{"windows-1250", "=?windows-1250?q?=8A?=", "\u0160"},
                    Case{"windows-1251", "=?windows-1251?q?=C8=E2=E0=ED?=", "\u0418\u0432\u0430\u043d"},
                    Case{"windows-1253", "=?windows-1253?q?=D9?=", "\u03a9"},
                    Case{"windows-1254", "=?windows-1254?q?=F0?=", "\u011f"},
                    Case{"windows-1255", "=?windows-1255?q?=E0?=", "\u05d0"},
                    Case{"windows-1256", "=?windows-1256?q?=C7?=", "\u0627"},
                    Case{"windows-1257", "=?windows-1257?q?=E0?=", "\u0105"},
                    Case{"windows-1258", "=?windows-1258?q?=FE?=", "\u20ab"},
                    Case{"KOI8-R", "=?koi8-r?q?=E9?=", "\u0418"},
                    Case{"KOI8-U", "=?koi8-u?q?=A4?=", "\u0454"},
                    Case{"underscores in the name", "=?ISO_8859-2?q?=A9?=", "\u0160"},
                    Case{"a short name", "=?cp1251?q?=C8?=", "\u0418"},
                    Case{"a nickname", "=?latin2?q?=A9?=", "\u0160"},
                    Case{"ISO-8859-1 as readers take it", "=?iso-8859-1?q?=80?=", "\u20ac"},
                    Case{"an octet without a meaning", "=?iso-8859-7?q?=D2?=", "\ufffd"},
                    Case{"a control octet of ISO-8859-5", "=?iso-8859-5?q?=85?=", "\ufffd"},
                    Case{"a made-up charset", "=?windows-1259?q?=A9?=", "\ufffd"}));

class DisplayText : public testing::TestWithParam<Case> {};

TEST_P(DisplayText, IsWhatPeopleSee) { EXPECT_EQ(display_text(GetParam().text), GetParam().decoded); }

INSTANTIATE_TEST_SUITE_P(
    Table, DisplayText,
    testing::Values(Case{"plain", "Keith Moore", "Keith Moore"}, Case{"blanks around it", " a ", "a"},
                    Case{"a plain word that is none", "a =? b", "a =? b"},
                    Case{"raw UTF-8", "K\u00f6ln", "K\u00f6ln"}, Case{"raw latin-1", "K\xf6ln", "K\ufffdln"},
                    Case{"an encoded control octet", "=?utf-8?q?a=00b=1B[1m?=", "ab[1m"},
                    Case{"encoded line ends", "=?utf-8?q?a=0D=0Ab?=", "a  b"}, Case{"a tab", "a\tb", "a b"},
                    Case{"a raw control octet",
                         "a\x01"
                         "b",
                         "ab"},
                    Case{"right-to-left override", "=?utf-8?q?=E2=80=AEfdp.exe?=", "fdp.exe"},
                    Case{"isolates", "\u2066a\u2069", "a"},
                    Case{"zero-width space inside a word", "bo\u200bss", "boss"},
                    Case{"soft hyphen inside a word", "bo\u00adss", "boss"}, Case{"tags", "a\U000e0041", "a"},
                    Case{"C1 controls",
                         "a\u0085"
                         "b",
                         "ab"},
                    Case{"the non-joiner shapes letters", "\u0645\u06cc\u200c\u062e",
                         "\u0645\u06cc\u200c\u062e"},
                    Case{"emoji stay whole", "\U0001f469\u200d\U0001f4bb \u2764\ufe0f",
                         "\U0001f469\u200d\U0001f4bb \u2764\ufe0f"},
                    Case{"nothing but what cannot be seen", "\u200b\u200b", ""}));

TEST(EncodedWordBounds, ManyFalseStartsTakeNoLongTime) {
  std::string text;
  while (text.size() < 256 * 1024) text += "=?";
  EXPECT_EQ(decode_text(text), text);
}

}  // namespace
}  // namespace filters::mime
