// Canonical forms: whatever the shape of a message, what is signed as it came is found as it was signed.  RFC
// 6376 §3.4, §5.4.2
#include <gtest/gtest.h>

#include "tests/support/dkim_bench.h"
#include "tests/support/named.h"

namespace filters::dkim {
namespace {

using namespace support;

struct Shape {
  std::string name;
  std::string octets;
};
POSTERN_NAMED(Shape)

std::string found_as_signed(const std::string& message) {
  std::string wrong;
  for (const bool header : {false, true})
    for (const bool body : {false, true}) {
      const std::string found = judged(dkim_signed(message, rsa_key(), dkim_forms(header, body)));
      if (found != "pass")
        wrong +=
            std::string(header ? "relaxed/" : "simple/") + (body ? "relaxed " : "simple ") + found + "\n";
    }
  return wrong;
}

std::string many(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

class BodyShapes : public testing::TestWithParam<Shape> {};
TEST_P(BodyShapes, AreHashedAsSigned) {
  EXPECT_EQ(found_as_signed("From: a@a.example\r\nSubject: x\r\n\r\n" + GetParam().octets), "");
}

INSTANTIATE_TEST_SUITE_P(
    Table, BodyShapes,
    testing::Values(Shape{"many lone LFs", "a" + std::string(1000, '\n') + "b\r\n"},
                    Shape{"a lone CR and a lone LF", "a\rb\nc\r\n\n\r\n"}, Shape{"a lone LF alone", "\n"},
                    Shape{"a lone CR at the end of a line", "a\r\r\nb\r\n"},
                    Shape{"many empty lines, then text", "a" + many("\r\n", 1000) + "b\r\n"},
                    Shape{"§3.4.3 empty", ""}, Shape{"§3.4.3 one CRLF", "\r\n"},
                    Shape{"§3.4.3 CRLFs alone", "\r\n\r\n\r\n"}, Shape{"§3.4.4 white space alone", " \t "},
                    Shape{"§3.4.4 lines of white space alone", " \r\n\t\r\n  \t\r\n"},
                    Shape{"§3.4.3 no CRLF at the end", "x\r\ny"},
                    Shape{"§3.4.4 white space and no CRLF at the end", "x \t"},
                    Shape{"§3.4.4 white space at the ends of lines", "a \r\nb\t\r\n \tc \t \r\n"},
                    Shape{"§3.4.4 white space inside", "a \t b\r\n  a\tb\r\n"},
                    Shape{"§3.4.3 empty lines at the end", "a\r\n\r\n\r\n"},
                    Shape{"§3.4.4 lines of white space at the end", "a\r\n \r\n\t\r\n"},
                    Shape{"§3.4.3 empty lines at the beginning", "\r\n\r\na\r\n"},
                    Shape{"§3.4.4 white space, then an empty line, then text", "a \r\n \r\n b\r\n"},
                    Shape{"a long line", std::string(200'000, 'x') + "\r\n"},
                    Shape{"a long run of white space", "a" + std::string(200'000, ' ') + "b\r\n"},
                    Shape{"octets above 127", "gr\xfc\xdf\xc3\xa9 \xff\r\n"},
                    Shape{"NUL", std::string("a\0b\r\n\0", 6)},
                    Shape{"form feeds and vertical tabs are no white space", "a\f\v b\v\r\n"}));

class FieldShapes : public testing::TestWithParam<Shape> {};
TEST_P(FieldShapes, AreHashedAsSigned) {
  EXPECT_EQ(found_as_signed("From: a@a.example\r\n" + GetParam().octets + "To: b@b.example\r\n\r\nx\r\n"),
            "");
}

INSTANTIATE_TEST_SUITE_P(
    Table, FieldShapes,
    testing::Values(Shape{"§3.4.2 form feeds and vertical tabs are no white space",
                          "Subject: a\f b\v\vc\v\r\n"},
                    Shape{"§3.4.2 white space before the colon", "Subject \t: a\r\n"},
                    Shape{"§3.4.2 folded", "Subject: a\r\n b\r\n\tc\r\n"},
                    Shape{"§3.4.2 folded at once", "Subject:\r\n a\r\n"},
                    Shape{"§3.4.2 a fold of white space alone", "Subject: a\r\n \t\r\n b\r\n"},
                    Shape{"§3.4.2 empty", "Subject:\r\n"},
                    Shape{"§3.4.2 white space alone", "Subject: \t \r\n"},
                    Shape{"§3.4.2 no space behind the colon", "Subject:a\r\n"},
                    Shape{"§3.4.2 white space around and inside", "SUBJECT:  \t a \t b \t \r\n"},
                    Shape{"§3.4.2 colons in the value", "Subject: a:b : c\r\n"},
                    Shape{"a long line", "Subject: " + std::string(60'000, 'x') + "\r\n"},
                    Shape{"many folds", "Subject: " + many("\r\n x", 5000) + "\r\n"},
                    Shape{"octets above 127", "Subject: gr\xfc\xdf \xc3\xa9\r\n"}));

// §5.4.2: signed fields of one name are taken from the bottom.
TEST(SignedFields, AreTakenFromTheBottom) {
  const std::string signed_twice = dkim_signed("Received: 2\r\nReceived: 1\r\n" + std::string(kDkimMessage),
                                               rsa_key(), dkim_over({"From", "Received", "From"}));
  EXPECT_EQ(judged("Received: 3\r\n" + signed_twice), "pass");
  EXPECT_EQ(judged(replaced(signed_twice, "Received: 2\r\n", "")), "pass")
      << "the signed one is at the bottom";
  EXPECT_EQ(judged(replaced(signed_twice, "Received: 1", "Received: 0")), kSignatureDiffers);
}

// What is added above an oversigned field breaks the signature, however it is spelled: readers differ in what
// they take for a field.  RFC 6376 §5.4, §8.15
TEST(Rfc6376Form, NothingIsAddedToWhatIsOversigned) {
  for (const std::string& name :
       {std::string("subject"), std::string("reply-to"), std::string("content-type")}) {
    const std::string good =
        support::dkim_signed(support::kDkimMessage, support::rsa_key(),
                             support::dkim_over({"from", "from", "subject", "subject", name, name}));
    EXPECT_EQ(support::judged(good), "pass") << name;
    for (int octet = 0; octet < 0x100; ++octet) {
      if (octet == ':') continue;
      const std::string before(1, static_cast<char>(octet));
      const bool letter = octet > 0x20 && octet < 0x7f;  // another name
      if (letter || octet == '\n') continue;
      EXPECT_NE(support::judged(name + before + ": evil\r\n" + good).substr(0, 4), "pass") << name << octet;
    }
  }
}

// libopendkim drops them, so that a field could be changed under its signature.
TEST(Rfc6376Form, LoneLineEndsInAFieldAreNotItsFolds) {
  const std::string good = support::dkim_signed(support::kDkimMessage, support::rsa_key());
  EXPECT_EQ(support::judged(good), "pass");
  for (const std::string end : {"\n", "\r", "\n\r"})
    EXPECT_EQ(support::judged(support::replaced(good, "Subject: x\r\n", "Subject: x" + end + "\r\n")),
              support::kSignatureDiffers);
}

TEST(Rfc6376Form, OneSignatureDoesNotSpoilAnother) {
  const std::string good = support::dkim_signed(support::kDkimMessage, support::rsa_key());
  support::DkimSigning ed25519;
  const std::string both = support::dkim_sign(support::kDkimMessage, support::ed25519_key(), ed25519) + good;
  const auto publish = [](support::AnswerBook& book) {
    book.txt(support::kDkimKeyName, support::rsa_key().record());
    book.txt(support::kDkimKeyName, support::ed25519_key().record());
  };
  EXPECT_EQ(support::judged(both, publish), "pass; pass");
  const std::string broken = support::replaced(both, "bh=", "bh=AAAA");
  EXPECT_NE(support::judged(broken, publish).find("; pass"), std::string::npos);
  const std::string tabbed = support::replaced(support::dkim_sign(support::kDkimMessage, support::rsa_key()),
                                               "DKIM-Signature:", "DKIM-Signature\t:");
  EXPECT_EQ(support::judged(tabbed + good), "pass; pass");
}

}  // namespace
}  // namespace filters::dkim
