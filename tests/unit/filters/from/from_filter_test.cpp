// The strict reading of From: what is an author, and the named defect of everything that readers could take
// for two.  ATTACKS rows 18 and 19.
#include "filters/from/from_filter.h"

#include <gtest/gtest.h>

#include "filters/from/author.h"
#include "filters/registry.h"
#include "tests/support/answer_book.h"
#include "tests/support/named.h"

namespace filters::from {
namespace {

struct Case {
  std::string name;
  std::string header;  // without the CRLF of its last line
  std::string defect;
  std::string domain;  // empty with a defect
  std::string shown = {};
  bool smtputf8 = false;
};
POSTERN_NAMED(Case)

class FromField : public testing::TestWithParam<Case> {
 protected:
  Finding examine(const Case& row) {
    envelope_.smtputf8 = row.smtputf8;
    facts_.set_envelope(&envelope_);
    facts_.set("local.domains", List{"local.example"});
    facts_.set_message(Message::parse(row.header + "\r\nSubject: x\r\n\r\nbody\r\n"));
    Answers answers;
    return support::examine(*filter_, facts_, {}, answers);
  }

  const Vocabulary vocabulary_ = make_vocabulary();
  const std::unique_ptr<Filter> filter_ = make_from({});
  Envelope envelope_;
  Facts facts_{vocabulary_};
};

TEST_P(FromField, HasOneAuthorOrANamedDefect) {
  const Case& row = GetParam();
  const Finding finding = examine(row);
  const auto said = [&](std::string_view name) { return to_text(support::fact(finding, name)->value); };
  EXPECT_EQ(said("from.defect"), row.defect);
  EXPECT_EQ(said("from.domain"), row.domain);
  EXPECT_EQ(said("from.name"), row.shown);
  EXPECT_EQ(std::get<bool>(support::fact(finding, "from.local")->value), row.domain == "local.example");
  EXPECT_EQ(std::get<Address>(support::fact(finding, "from.address")->value).domain().text(), row.domain);
  EXPECT_EQ(finding.facts.size(), facts().size());
  for (const FactValue& value : finding.facts) EXPECT_TRUE(value.fact.known()) << value.name;
  ASSERT_EQ(finding.evidence.size(), 1u);
  EXPECT_EQ(finding.evidence[0].outcome, row.defect.empty() ? Outcome::pass : Outcome::permerror);
  EXPECT_EQ(finding.evidence[0].reason.empty(), row.defect.empty()) << "every defect is explained";
}

const std::string kNul(1, '\0');

INSTANTIATE_TEST_SUITE_P(
    Sound, FromField,
    testing::Values(
        Case{"bare address", "From: x@a.example", "", "a.example"},
        Case{"bare address and comment", "From: x@a.example (X. Y.)", "", "a.example", "X. Y."},
        Case{"comment in front", "From: (X (of) Y) x@a.example", "", "a.example", "X (of) Y"},
        Case{"angle", "From: <x@a.example>", "", "a.example"},
        Case{"angle and comment", "From: <x@a.example> (X)", "", "a.example", "X"},
        Case{"blanks inside the angle", "From: X < x@a.example\t>", "", "a.example", "X"},
        Case{"display name", "From: X  of Y <x@a.example>", "", "a.example", "X of Y"},
        Case{"dots in the display name", "From: John Q. Public <x@a.example>", "", "a.example",
             "John Q. Public"},
        Case{"quoted name", "From: \"Public, \\\"J\\\" <q@b>\" <x@a.example>", "", "a.example",
             "Public, \"J\" <q@b>"},
        Case{"encoded name", "From: =?utf-8?b?w6k=?= <x@a.example>", "", "a.example", "\u00e9"},
        Case{"encoded address as name", "From: =?utf-8?q?q=40b.example?= <x@a.example>", "", "a.example",
             "q@b.example"},
        Case{"UTF-8 name", "From: K\u00f6ln <x@a.example>", "", "a.example", "K\u00f6ln"},
        Case{"folded behind the name", "From: X\r\n <x@a.example>", "", "a.example", "X"},
        Case{"folded at the start", "From:\r\n\tx@a.example", "", "a.example"},
        Case{"two authors of one domain", "From: X <x@a.example>, \"Y\" <y@A.example>", "", "a.example", "X"},
        Case{"domain in capitals", "From: x@A.Example", "", "a.example"},
        Case{"A-label", "From: x@xn--kln-sna.example", "", "xn--kln-sna.example"},
        Case{"U-label with SMTPUTF8", "From: x@k\u00f6ln.example", "", "xn--kln-sna.example", "", true},
        Case{"UTF-8 local part", "From: \u00e9@a.example", "", "a.example"},
        Case{"quoted local part", "From: \"x y\"@a.example", "", "a.example"},
        Case{"capitals in the field name", "FROM: x@a.example", "", "a.example"},
        Case{"our own domain", "From: x@local.example", "", "local.example"},
        Case{"below our own domain", "From: x@b.local.example", "", "b.local.example"},
        Case{"the address as its own bare name", "From: x@a.example <x@a.example>", "", "a.example",
             "x@a.example"},
        Case{"a neighbour's address as bare name", "From: y@A.example <x@a.example>", "", "a.example",
             "y@A.example"},
        Case{"two dots in the local part", "From: a..b@a.example", "", "a.example"},
        Case{"a dot in front of the local part", "From: X <.a@a.example>", "", "a.example", "X"},
        Case{"a dot behind the local part", "From: <a.@a.example>", "", "a.example"},
        Case{"ideographic full stop",
             "From: x@a\u3002"
             "example",
             "", "a.example", "", true},
        Case{"fullwidth full stop",
             "From: x@a\uff0e"
             "example",
             "", "a.example", "", true},
        Case{"halfwidth full stop",
             "From: x@a\uff61"
             "example",
             "", "a.example", "", true},
        Case{"fullwidth letters", "From: x@\uff41.example", "", "a.example", "", true},
        Case{"sharp s is a letter of its own", "From: x@stra\u00dfe.example", "", "xn--strae-oqa.example", "",
             true},
        Case{"capital U-label", "From: x@K\u00d6LN.example", "", "xn--kln-sna.example", "", true},
        Case{"U-label with a combining mark", "From: x@ko\u0308ln.example", "", "xn--kln-sna.example", "",
             true},
        Case{"windows-1251 name", "From: =?windows-1251?q?=C8=E2=E0=ED?= <x@a.example>", "", "a.example",
             "\u0418\u0432\u0430\u043d"},
        Case{"raw 8-bit name", "From: K\xf6ln <x@a.example>", "", "a.example", "K\ufffdln"},
        Case{"a name that would turn the address round", "From: \u202eX <x@a.example>", "", "a.example", "X"},
        Case{"own address in a comment", "From: x@a.example (X x@a.example)", "", "a.example",
             "X x@a.example"},
        Case{"own address in an encoded name", "From: =?utf-8?q?X_=3Cx=40a.example=3E?= <x@a.example>", "",
             "a.example", "X <x@a.example>"},
        Case{"an encoded comma", "From: =?utf-8?q?Muster=2C_Erika?= <x@a.example>", "", "a.example",
             "Muster, Erika"},
        Case{"a long name", "From: \"" + std::string(100'000, 'x') + "\" <x@a.example>", "", "a.example",
             std::string(100'000, 'x')},
        Case{"a blank folded line", "From:\r\n \r\n x@a.example", "", "a.example"},
        Case{"From in a folded line of another field", "X: y\r\n From: y@b.example\r\nFrom: x@a.example", "",
             "a.example"},
        Case{"mbox line above", "From x@b.example Mon Jan 01 00:00:00 2024\r\nFrom: x@a.example", "",
             "a.example"},
        Case{"other fields that resemble it", "X-From: q@b.example\r\nFromm: q@b\r\nFrom: x@a.example", "",
             "a.example"}));

INSTANTIATE_TEST_SUITE_P(
    Fields, FromField,
    testing::Values(
        Case{"no From", "To: x@a.example", "missing", ""},
        Case{"an empty line in front of everything", "\r\nFrom: x@a.example", "missing", ""},
        Case{"From behind the header section", "To: x@a.example\r\n\r\nFrom: x@a.example", "missing", ""},
        Case{"only in a folded line", "X: y\r\n From: x@a.example", "missing", ""},
        Case{"three From in different case", "FROM: x@a.example\r\nfrom: x@a.example\r\nFrom: x@a.example",
             "multiple", ""},
        Case{"two From apart", "From: x@a.example\r\nTo: y\r\nX: z\r\nFrom: y@b.example", "multiple", ""},
        Case{"the second is empty", "From: x@a.example\r\nFrom:", "multiple", ""},
        Case{"the first is empty", "From:\r\nFrom: x@a.example", "multiple", ""},
        Case{"tab in front of the colon", "From\t: x@a.example", "field-name", ""},
        Case{"a fold in front of the colon", "From\r\n : x@a.example", "field-name", ""},
        Case{"no-break space in front of the colon", "From\u00a0: y@b.example\r\nFrom: x@a.example",
             "field-name", ""},
        Case{"zero-width space in the name", "Fr\u200bom: y@b.example\r\nFrom: x@a.example", "field-name",
             ""},
        Case{"byte order mark in front",
             "\ufeff"
             "From: y@b.example\r\nFrom: x@a.example",
             "field-name", ""},
        Case{"DEL in the name", "From\x7f: y@b.example\r\nFrom: x@a.example", "field-name", ""},
        Case{"vertical tab in front of the name", "\vFrom: y@b.example\r\nFrom: x@a.example", "field-name",
             ""},
        Case{"two From", "From: x@a.example\r\nFrom: y@b.example", "multiple", ""},
        Case{"two From of one address", "From: x@a.example\r\nfrom: x@a.example", "multiple", ""},
        Case{"space in front of the colon", "From : x@a.example", "field-name", ""},
        Case{"two From, one with a space", "From: x@a.example\r\nFrom : y@b.example", "multiple", ""},
        Case{"space in front of the name", " From: y@b.example\r\nFrom: x@a.example", "field-name", ""},
        Case{"NUL in the name", "From" + kNul + ": y@b.example\r\nFrom: x@a.example", "field-name", ""},
        Case{"8-bit octet in the name", "From\xa0: y@b.example\r\nFrom: x@a.example", "field-name", ""},
        Case{"space inside the name", "Fr om: y@b.example\r\nFrom: x@a.example", "field-name", ""},
        Case{"only a broken name",
             "\x01"
             "From: x@a.example",
             "field-name", ""},
        Case{"From behind a bare CR", "X: y\rFrom: y@b.example\r\nFrom: x@a.example", "hidden", ""},
        Case{"From behind a bare LF", "X: y\nFrom: y@b.example\r\nFrom: x@a.example", "hidden", ""},
        Case{"From behind two bare LF", "X: y\n\nFrom: y@b.example\r\nFrom: x@a.example", "hidden", ""},
        Case{"From behind LF CR", "X: y\n\rFrom: y@b.example\r\nFrom: x@a.example", "hidden", ""},
        Case{"From behind CR CR LF", "X: y\r\r\n z\r From: y@b.example\r\nFrom: x@a.example", "hidden", ""},
        Case{"spaced From behind a bare LF", "X: y\n\tFROM\t: y@b.example\r\nFrom: x@a.example", "hidden",
             ""},
        Case{"only a From behind a bare LF", "X: y\nFrom : y@b.example", "hidden", ""}));

INSTANTIATE_TEST_SUITE_P(
    Values, FromField,
    testing::Values(
        Case{"empty value", "From:", "empty", ""}, Case{"blank value", "From: \r\n \t", "empty", ""},
        Case{"only a comment", "From: (x@a.example)", "empty", ""},
        Case{"empty angle", "From: X <>", "empty", "", "X"},
        Case{"several domains", "From: X <x@a.example>, y@b.example", "several-domains", "", "X"},
        Case{"a domain and its child", "From: x@a.example, y@b.a.example", "several-domains", ""},
        Case{"group", "From: X: x@a.example, y@a.example;", "group", "", "X"},
        Case{"empty group", "From: undisclosed:;", "group", "", "undisclosed"},
        Case{"group and mailbox", "From: X: x@a.example;, y@b.example", "group", "", "X"},
        Case{"group without its end", "From: X: x@a.example", "syntax", "", "X"},
        Case{"group in a group", "From: X: Y: x@a.example;;", "syntax", "", "X"},
        Case{"NUL in the address", "From: x@a.example" + kNul + ".b.example", "nul", ""},
        Case{"NUL in the name", "From: X" + kNul + " <x@a.example>", "nul", ""},
        Case{"bare CR", "From: X <y@b.example>\r <x@a.example>", "control", ""},
        Case{"bare LF", "From: X <y@b.example>\n <x@a.example>", "control", ""},
        Case{"CR at the end", "From: x@a.example\r", "control", ""},
        Case{"escape", "From: \x1b[1m <x@a.example>", "control", ""},
        Case{"DEL", "From: x\x7f@a.example", "control", ""}, Case{"no address", "From: X", "syntax", ""},
        Case{"no domain", "From: <x>", "syntax", ""},
        Case{"no local part", "From: <@a.example>", "route", ""},
        Case{"two angles", "From: X <x@a.example> <y@b.example>", "syntax", "", "X"},
        Case{"angle in angle", "From: <<x@a.example>>", "syntax", ""},
        Case{"two addresses in one angle", "From: <x@a.example, y@b.example>", "syntax", ""},
        Case{"comma in front in the angle", "From: <,x@a.example>", "route", ""},
        Case{"another address as bare name", "From: y@b.example <x@a.example>", "syntax", "", "y@b.example"},
        Case{"a subdomain as bare name", "From: y@b.a.example <x@a.example>", "syntax", "", "y@b.a.example"},
        Case{"two addresses as bare name", "From: y@b.example x@a.example <x@a.example>", "syntax", "",
             "y@b.example x@a.example"},
        Case{"a cut address as bare name", "From: y@ b.example <x@a.example>", "syntax", "", "y@ b.example"},
        Case{"address behind the angle", "From: <x@a.example> y@b.example", "syntax", ""},
        Case{"two bare addresses", "From: x@a.example y@b.example", "syntax", ""},
        Case{"two at signs", "From: x@a.example@b.example", "syntax", ""},
        Case{"semicolon list", "From: x@a.example; y@b.example", "syntax", ""},
        Case{"comma at the end", "From: x@a.example,", "syntax", ""},
        Case{"comma at the start", "From: ,x@a.example", "syntax", ""},
        Case{"route", "From: <@b.example,@c.example:x@a.example>", "route", ""},
        Case{"comment at the at sign", "From: <x@(b.example)a.example>", "comment", ""},
        Case{"comment that opens in the angle", "From: <y@b.example(>x@a.example)>", "comment", ""},
        Case{"comment in a bare address", "From: x(y)@a.example", "comment", "", "y"},
        Case{"blank at the at sign", "From: x @a.example", "syntax", ""},
        Case{"fold inside the domain", "From: x@a.exa\r\n mple", "syntax", ""},
        Case{"unclosed comment", "From: x@a.example (y", "syntax", ""},
        Case{"unclosed quote", "From: \"x <x@a.example>", "syntax", ""},
        Case{"unclosed angle", "From: X <x@a.example", "syntax", "", "X"},
        Case{"backslash outside quotes", "From: X \\<y@b.example> <x@a.example>", "syntax", "", "X"},
        Case{"comments too deep", "From: " + std::string(17, '(') + std::string(17, ')') + " x@a.example",
             "syntax", ""},
        Case{"whole value encoded", "From: =?utf-8?q?=3Cx=40a.example=3E?=", "syntax", ""},
        Case{"encoded local part", "From: =?utf-8?q?y=40b.example?=@a.example", "encoded-word", ""},
        Case{"encoded domain", "From: x@=?utf-8?q?a.example?=", "syntax", ""},
        Case{"raw latin-1 domain", "From: x@k\xf6ln.example", "raw-8bit-domain", ""},
        Case{"raw latin-1 domain with SMTPUTF8", "From: x@k\xf6ln.example", "raw-8bit-domain", "", "", true},
        Case{"U-label without SMTPUTF8", "From: x@k\u00f6ln.example", "raw-8bit-domain", ""},
        Case{"fullwidth full stop without SMTPUTF8", "From: x@a\uff0e" "example", "raw-8bit-domain", ""},
        Case{"ideographic full stop without SMTPUTF8", "From: x@a\u3002" "example", "raw-8bit-domain", ""},
        Case{"two full stops", "From: x@a\u3002.example", "raw-8bit-domain", "", "", true},
        Case{"fullwidth at sign", "From: x\uff20" "b.example@a.example", "ambiguous", ""},
        Case{"fullwidth at sign in the domain", "From: x@a.example\uff20" "b.example", "raw-8bit-domain", "", "", true},
        Case{"fullwidth angle in the local part", "From: \uff1cx\uff1e@a.example", "ambiguous", ""},
        Case{"right-to-left override in the local part", "From: \u202ex@a.example", "control", ""},
        Case{"zero-width space in the domain", "From: x@a\u200b.example", "control", "", "", true},
        Case{"bidirectional isolate in the domain", "From: x@a.exa\u2067mple", "control", "", "", true},
        Case{"soft hyphen in the domain", "From: x@a.exa\u00admple", "control", "", "", true},
        Case{"a dotless letter that IDNA refuses", "From: x@a\u2665.\u2028.example", "control", "", "", true},
        Case{"raw latin-1 local part", "From: \xe9@a.example", "syntax", ""},
        Case{"address in the comment behind", "From: x@a.example (y@b.example)", "disguised", "", "y@b.example"},
        Case{"encoded address behind a language with marks",
             "From: \"=?utf-8*<<?q?=3Cy=40b.example=3E?=\" <x@a.example>", "disguised", "", "<y@b.example>"},
        Case{"encoded address in a charset nobody knows", "From: =?gb2312?q?=3Cy=40b.example=3E?= <x@a.example>",
             "disguised", "", "<y@b.example>"},
        Case{"address in the comment in front", "From: (y@b.example) <x@a.example>", "disguised", "", "y@b.example"},
        Case{"address in a comment in a comment", "From: x@a.example (X (y@b.example) Z)", "disguised", "",
             "X (y@b.example) Z"},
        Case{"address in angles in a comment", "From: X <x@a.example> (<y@b.example>)", "disguised", "", "X"},
        Case{"encoded address in a comment", "From: x@a.example (=?utf-8?q?y=40b.example?=)", "disguised", "",
             "y@b.example"},
        Case{"address that decoding takes for a charset",
             "From: x@a.example (=?utf y@b.example <8?b?qQ==?==?utf-8?q?=C3?= e)", "disguised", "", "\xef\xbf\xbd\xef\xbf\xbd e"},
        Case{"cut address in a comment", "From: x@a.example (y@ b.example)", "disguised", "", "y@ b.example"},
        Case{"encoded address in angles", "From: =?utf-8?q?Y_=3Cy=40b.example=3E?= <x@a.example>", "disguised", "",
             "Y <y@b.example>"},
        Case{"encoded address and a comma", "From: =?utf-8?b?eUBiLmV4YW1wbGUs?= <x@a.example>", "disguised", "",
             "y@b.example,"},
        Case{"encoded address behind an encoded quote", "From: \"=?utf-8?q?=22_=3Cy=40b.example=3E?=\" <x@a.example>",
             "disguised", "", "\" <y@b.example>"},
        Case{"encoded NUL behind an address", "From: =?utf-8?q?y=40b.example=00?= <x@a.example>", "disguised", "",
             "y@b.example"},
        Case{"encoded line end behind an address", "From: =?utf-8?q?y=40b.example=0A?= <x@a.example>", "disguised", "",
             "y@b.example"},
        Case{"encoded words as local part", "From: =?utf-8?b?eUBiLmV4YW1wbGU=?==?utf-8?Q?=00?=@a.example", "encoded-word",
             ""},
        Case{"comments without end", "From: " + std::string(50'000, '(') + " x@a.example", "syntax", ""},
        Case{"a legit name that opens a comment", "From: (any@b.example x@a.example", "syntax", ""},
        Case{"only a lone angle", "From: <", "syntax", ""},
        Case{"angles the wrong way round", "From: >x@a.example<", "syntax", "", ">x@a.example"},
        Case{"a quoted address in front of a domain", "From: \"y@b.example\" @a.example", "syntax", ""},
        Case{"quoted words with dots", "From: \"x\".y@a.example", "syntax", ""},
        Case{"quoted domain", "From: x@\"a.example\"", "syntax", ""},
        Case{"quoted pair outside quotes", "From: x\\@b.example@a.example", "syntax", "", "x"},
        Case{"percent for an at sign in the domain", "From: x@a.example%b.example", "syntax", ""},
        Case{"path in the domain", "From: x@a.example/b.example", "syntax", ""},
        Case{"a hundred and one authors", [] {
               std::string all = "From: x@a.example";
               for (int i = 0; i < 100; ++i) all += ", x@a.example";
               return all;
             }(), "syntax", ""},
        Case{"address in a quoted local part", "From: \"y@b.example\"@a.example", "ambiguous", ""},
        Case{"angle in a quoted local part", "From: \"<y\"@a.example", "ambiguous", ""},
        Case{"address literal", "From: x@[192.0.2.1]", "literal", ""},
        Case{"empty label", "From: x@a..example", "syntax", ""},
        Case{"root dot", "From: x@a.example.", "syntax", ""},
        Case{"apostrophe for an at sign", "From: x'@a.example'@b.example", "syntax", ""},
        Case{"long local part", "From: " + std::string(257, 'x') + "@a.example", "syntax", ""}));

TEST(FromEvidence, ShowsNoRawOctets) {
  const Vocabulary vocabulary = make_vocabulary();
  Facts facts(vocabulary);
  facts.set_message(Message::parse("From: \x1b[1m\r\n\r\n"));
  const Finding finding = make_from({})->examine(facts, {});
  EXPECT_EQ(finding.evidence.at(0).value, "\\x1b[1m");
  EXPECT_EQ(finding.evidence.at(0).reason, explain("control"));
}

std::uint64_t work_of(const std::string& header) {
  static const Vocabulary vocabulary = make_vocabulary();
  Facts facts(vocabulary);
  facts.set_message(Message::parse(header + "\r\n"));
  return make_from({})->work(facts, {});
}

TEST(FromWork, IsLittleForMostAndMuchForLongNamesAndManyFields) {
  constexpr std::uint64_t kOnLoop = 256 << 10;  // what the pipeline does itself
  EXPECT_LT(work_of("From: x@a.example\r\n"), kOnLoop / 100);
  std::string name;
  for (int i = 0; i < 500; ++i) name += " =?utf-8?q?a=CC=81?=";
  EXPECT_GT(work_of("From:" + name + " <x@a.example>\r\n"), kOnLoop);
  std::string fields;
  for (int i = 0; i < 4000; ++i) fields += "X: y\r\n";
  EXPECT_GT(work_of("From: x@a.example\r\n" + fields), kOnLoop);
}

TEST(FromTrouble, CoversEveryFact) {
  const Finding finding = make_from({})->trouble("why");
  EXPECT_EQ(finding.facts.size(), facts().size());
}

}  // namespace
}  // namespace filters::from
