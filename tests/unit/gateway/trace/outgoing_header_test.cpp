#include "gateway/trace/outgoing_header.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "gateway/trace/encoded_word.h"
#include "tests/support/named.h"

namespace gateway::trace {
namespace {

const std::string kReceived = "Received: from a\r\n\tby b; date\r\n";
const std::string kResults = "Authentication-Results: gate.example.com; none\r\n";

const std::array kFields{kReceived, kResults};
constexpr std::string_view kHost = "gate.example.com";

struct Case {
  std::string name;
  std::string before;
  std::string after;  // below our two fields
  std::string prefix = {};
};
POSTERN_NAMED(Case)

class OutgoingHeader : public testing::TestWithParam<Case> {};

TEST_P(OutgoingHeader, Is) {
  EXPECT_EQ(outgoing_header(Message(GetParam().before),
                            {.fields = kFields, .subject_prefix = GetParam().prefix, .authserv_id = kHost}),
            kReceived + kResults + GetParam().after);
}

const std::string kForged = "authentication-RESULTS : (x) Gate.example.com 1;\r\n dkim=pass\r\n";

INSTANTIATE_TEST_SUITE_P(
    Table, OutgoingHeader,
    testing::Values(
        Case{"empty", "", ""},
        Case{"octet for octet", "FROM:a@b\r\nX: \t 1\r\n\t2 \r\nno field\r\nY\xff: \x01\r\n",
             "FROM:a@b\r\nX: \t 1\r\n\t2 \r\nno field\r\nY\xff: \x01\r\n"},
        Case{"forgeries go, all of them", kForged + "A: 1\r\n" + kForged + kForged + "B: 2\r\n" + kForged,
             "A: 1\r\nB: 2\r\n"},
        Case{"those of others stay", "Authentication-Results: mx.other.example; dkim=pass\r\n",
             "Authentication-Results: mx.other.example; dkim=pass\r\n"},
        Case{"the fields that only we write go",
             "X-Postern-Score: 0\r\nx-postern-x : 1\r\n 2\r\nX-Poster: 3\r\nX-\x01Postern-Y: 4\r\n",
             "X-Poster: 3\r\n"},
        Case{"a first line cannot continue our field", " ; dmarc=pass\r\nA: 1\r\n",
             "X-Postern-Stray-Line: ; dmarc=pass\r\nA: 1\r\n"},
        Case{"a forgery with a space in front", " Authentication-Results: gate.example.com; dkim=pass\r\n",
             ""},
        Case{"a last line without its end", "A: 1", "A: 1\r\n"},
        Case{"subject", "Subject: hello\r\n", "Subject: [X] hello\r\n", "[X]"},
        Case{"subject without a space", "SUBJECT:hello\r\n", "SUBJECT: [X] hello\r\n", "[X]"},
        Case{"subject with spaces", "Subject :  hello \r\n", "Subject : [X]  hello \r\n", "[X]"},
        Case{"folded subject", "Subject:\r\n hello\r\n", "Subject: [X]\r\n hello\r\n", "[X]"},
        Case{"encoded subject", "Subject: =?utf-8?q?=C3=BC?=\r\n", "Subject: [X] =?utf-8?q?=C3=BC?=\r\n",
             "[X]"},
        Case{"empty subject", "Subject:\r\n", "Subject: [X]\r\n", "[X]"},
        Case{"blank subject", "Subject:  \r\n", "Subject: [X]  \r\n", "[X]"},
        Case{"no subject", "A: 1\r\n", "Subject: [X]\r\nA: 1\r\n", "[X]"},
        Case{"two subjects, either may be shown", "Subject: a\r\nSubject: b\r\n",
             "Subject: [X] a\r\nSubject: [X] b\r\n", "[X]"},
        Case{"prefix with UTF-8", "Subject: hello\r\n", "Subject: =?utf-8?Q?=E2=9A=A0?= hello\r\n", "⚠"},
        Case{"prefix with UTF-8 before an encoded word", "Subject: =?utf-8?q?a?=\r\n",
             "Subject: =?utf-8?Q?=E2=9A=A0_?= =?utf-8?q?a?=\r\n", "⚠"},
        Case{"prefix that looks like an encoded word", "Subject: a\r\n",
             "Subject: =?utf-8?Q?=3D=3Futf=2D8=3FQ=3Fa=3F=3D?= a\r\n", "=?utf-8?Q?a?="},
        Case{"prefix that would end the field", "Subject: a\r\n", "Subject: x\\x0d\\x0aEvil: 1 a\r\n",
             "x\r\nEvil: 1"},
        Case{"a line at its limit is folded", "Subject: " + std::string(985, 'a') + "\r\n",
             "Subject: [EXTERNAL]\r\n " + std::string(985, 'a') + "\r\n", "[EXTERNAL]"}));

// Some readers skip such octets in front of a name.
TEST(OutgoingHeaderForgery, AnOddOctetInFrontHidesNothing) {
  for (const std::string& odd : {std::string("\x01"), std::string("\x7f"), std::string("\x80"),
                                 std::string("\xc2\xa0"), std::string(1, '\0')}) {
    const auto sent = [](const std::string& header) {
      return outgoing_header(Message(header), {.fields = {}, .subject_prefix = "[X]", .authserv_id = kHost});
    };
    const std::string subject = odd + "Subject: s\r\n";
    const std::string shown = odd + "Subject: [X] s\r\n";
    for (const std::string forged :
         {"X-Postern-Score: 9\r\n", "Authentication-Results: gate.example.com; dkim=pass\r\n"}) {
      EXPECT_THAT(sent(odd + forged + subject), testing::EndsWith(shown));
      EXPECT_THAT(sent(odd + forged + subject), testing::Not(testing::HasSubstr(forged)));
      EXPECT_THAT(sent("A: 1\r\n" + odd + forged), testing::EndsWith("A: 1\r\n"));
      EXPECT_THAT(sent("A: 1\r\n" + subject), testing::EndsWith("A: 1\r\n" + shown));
    }
  }
}

TEST(OutgoingHeaderOrder, OurFieldsStandOnTopAsTheyCome) {
  const std::array fields{kReceived, std::string("X-Postern-Score: 3.5\r\n"), std::string(),
                          std::string("X-List: a\r\n")};
  EXPECT_EQ(
      outgoing_header(Message("A: 1\r\n"), {.fields = fields, .subject_prefix = {}, .authserv_id = kHost}),
      kReceived + "X-Postern-Score: 3.5\r\nX-List: a\r\nA: 1\r\n");
}

struct RuleCase {
  std::string name;
  std::string text;
  std::string field;
};
POSTERN_NAMED(RuleCase)

class RuleField : public testing::TestWithParam<RuleCase> {};

TEST_P(RuleField, Is) { EXPECT_EQ(rule_field(GetParam().text), GetParam().field); }

INSTANTIATE_TEST_SUITE_P(
    Table, RuleField,
    testing::Values(RuleCase{"plain", "X-A: b c", "X-A: b c\r\n"},
                    RuleCase{"with its end", "X-A: b\r\n", "X-A: b\r\n"},
                    RuleCase{"no space", "X-A:b", "X-A: b\r\n"}, RuleCase{"no value", "X-A:", "X-A:\r\n"},
                    RuleCase{"no field", "hello", ""}, RuleCase{"no name", ": a", ""},
                    RuleCase{"blank in the name", "X A: b", ""},
                    RuleCase{"a second field", "X-A: b\r\nEvil: 1", "X-A: bEvil: 1\r\n"},
                    RuleCase{"bare line ends", "X-A: b\nEvil: 1\rc", "X-A: b\\x0aEvil: 1\\x0dc\r\n"},
                    RuleCase{"UTF-8", "X-A: ü", "X-A: =?utf-8?Q?=C3=BC?=\r\n"},
                    RuleCase{"long", "X-A: " + std::string(50, 'a') + " " + std::string(50, 'b'),
                             "X-A: " + std::string(50, 'a') + "\r\n " + std::string(50, 'b') + "\r\n"},
                    RuleCase{
                        "a long word", "X-A: " + std::string(1000, 'a'),
                        "X-A:\r\n " + std::string(900, 'a') + "\r\n " + std::string(100, 'a') + "\r\n"}));

TEST(EncodedWord, LongTextIsDividedBetweenCharacters) {
  std::string text;
  for (int i = 0; i < 30; ++i) text += "⚠";
  const std::string one = "=E2=9A=A0";
  const auto word = [&](int count) {
    std::string out = "=?utf-8?Q?";
    for (int i = 0; i < count; ++i) out += one;
    return out + "?=";
  };
  EXPECT_EQ(encode_words(text),
            word(7) + "\r\n " + word(7) + "\r\n " + word(7) + "\r\n " + word(7) + "\r\n " + word(2));
}

}  // namespace
}  // namespace gateway::trace
