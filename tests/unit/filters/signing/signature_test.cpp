// The tags of a DKIM-Signature field.  RFC 6376 §3.5
#include "filters/signing/signature.h"

#include <gtest/gtest.h>

#include "tests/support/named.h"

namespace filters::signing {
namespace {

constexpr std::string_view kHash = "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI=";  // 32 octets

// A good signature, in which `tag` (if not empty) is said anew with `value`, or left out with "-".
std::string with(const std::string& tag, const std::string& value = {}) {
  std::vector<std::pair<std::string, std::string>> tags{{"v", "1"},
                                                        {"a", "rsa-sha256"},
                                                        {"b", "c2ln\r\n bmF0"},
                                                        {"bh", std::string(kHash)},
                                                        {"d", "A.Example"},
                                                        {"h", "From:To : Subject"},
                                                        {"s", "S1"}};
  bool found = tag.empty();
  for (auto& [name, text] : tags)
    if (name == tag) text = value, found = true;
  if (!found) tags.emplace_back(tag, value);
  std::string text;
  for (const auto& [name, each] : tags)
    if (each != "-") text.append(name).append("=").append(each).append(";\r\n ");
  return text;
}

TEST(Signatures, ReadsTheRequiredTags) {
  const auto signature = parse_signature(with(""));
  ASSERT_TRUE(signature) << signature.error().text();
  EXPECT_EQ(signature->algorithm, Algorithm::rsa_sha256);
  EXPECT_EQ(signature->signature, "signat");
  EXPECT_EQ(signature->body_hash, "12345678901234567890123456789012");
  EXPECT_EQ(signature->domain.text(), "a.example");
  EXPECT_EQ(signature->identity_domain.text(), "a.example");
  EXPECT_EQ(signature->selector, "s1");
  EXPECT_EQ(signature->key_name(), "s1._domainkey.a.example");
  EXPECT_EQ(signature->fields, (std::vector<std::string>{"from", "to", "subject"}));
  EXPECT_EQ(signature->header_form, Canonicalization::simple);
  EXPECT_EQ(signature->body_form, Canonicalization::simple);
  EXPECT_FALSE(signature->length || signature->time || signature->expiry);
}

TEST(Signatures, ReadsTheOptionalTags) {
  const auto form = parse_signature(with("c", "relaxed"));
  EXPECT_EQ(form->header_form, Canonicalization::relaxed);
  EXPECT_EQ(form->body_form, Canonicalization::simple);
  EXPECT_EQ(parse_signature(with("c", "simple/Relaxed"))->body_form, Canonicalization::relaxed);
  EXPECT_EQ(parse_signature(with("i", "x@Sub.a.example"))->identity_domain.text(), "sub.a.example");
  EXPECT_EQ(parse_signature(with("i", "x=40sub.\r\n a=2Eexample"))->identity, "x@sub.a.example");
  EXPECT_EQ(parse_signature(with("l", "0"))->length, 0u);
  EXPECT_EQ(parse_signature(with("t", "999999999999"))->time, 999999999999u);
  EXPECT_EQ(parse_signature(with("x", "5"))->expiry, 5u);
  EXPECT_EQ(parse_signature(with("h", "from:From:x"))->covers("from"), 2u);
  EXPECT_EQ(parse_signature(with("d",
                                 "b\xc3\xbc"
                                 "cher.example"))
                ->domain.text(),
            "xn--bcher-kva.example");
}

struct Case {
  std::string name;
  std::string text;
  std::string expect;  // the reason, or "" when it parses
};
POSTERN_NAMED(Case)

class BrokenSignatures : public testing::TestWithParam<Case> {};

TEST_P(BrokenSignatures, SayWhy) {
  const auto signature = parse_signature(GetParam().text);
  EXPECT_EQ(signature ? "" : signature.error().text(), GetParam().expect);
}

INSTANTIATE_TEST_SUITE_P(
    Table, BrokenSignatures,
    testing::Values(
        Case{"no tag list", "junk", "\"junk\" is no tag=value"},
        Case{"no v", with("v", "-"), "v= is missing"}, Case{"another version", with("v", "2"), "v= is not 1"},
        Case{"no a", with("a", "-"), "a= is missing"},
        Case{"unknown algorithm", with("a", "rsa-md5"), "algorithm rsa-md5 is not known (a=)"},
        Case{"upper case algorithm", with("a", "RSA-SHA256"), ""},
        Case{"no b", with("b", "-"), "b= is missing"}, Case{"empty b", with("b", ""), "b= is empty"},
        Case{"b is not base64", with("b", "a*=="), "b= is not base64"},
        Case{"no bh", with("bh", "-"), "bh= is missing"},
        Case{"short bh", with("bh", "Zm9v"), "bh= is not a hash of 32 octets"},
        Case{"no d", with("d", "-"), "d= is missing"}, Case{"empty d", with("d", ""), "d= is no domain"},
        Case{"d is no domain", with("d", "a b.example"), "d=a b.example is no domain"},
        Case{"no s", with("s", "-"), "s= is missing"}, Case{"empty s", with("s", ""), "s= is no selector"},
        Case{"s with dots", with("s", "a.b"), ""},
        Case{"s ends in a dot", with("s", "a."), "s=a. is no selector"},
        Case{"no h", with("h", "-"), "h= is missing"},
        Case{"empty h", with("h", ""), "the From field is not signed (h=)"},
        Case{"h without From", with("h", "to:subject"), "the From field is not signed (h=)"},
        Case{"unknown form", with("c", "nowsp"), "canonicalization nowsp is not known (c=)"},
        Case{"unknown body form", with("c", "relaxed/"), "canonicalization relaxed/ is not known (c=)"},
        Case{"i outside d", with("i", "x@b.example"), "i=x@b.example is not within d=a.example"},
        Case{"i above d", with("i", "x@example"), "i=x@example is not within d=a.example"},
        Case{"i ends alike, not on a label border", with("i", "x@ba.example"),
             "i=x@ba.example is not within d=a.example"},
        Case{"i without @", with("i", "a.example"), "i=a.example is no identity"},
        Case{"i with half an escape", with("i", "x@a.example=4"), "i=x@a.example=4 is no identity"},
        Case{"i without local part", with("i", "@a.example"), ""},
        Case{"negative l", with("l", "-1"), "l=-1 is no number"},
        Case{"empty l", with("l", ""), "l= is no number"},
        Case{"l over 64 bits", with("l", "99999999999999999999"), ""},
        Case{"t is no number", with("t", "now"), "t=now is no number"},
        Case{"x with a sign", with("x", "+5"), "x=+5 is no number"},
        Case{"x before t", with("x", "4;t=5"), "it expires no later than it was made (x=, t=)"},
        Case{"q among others", with("q", "http/x : dns/txt"), ""},
        Case{"q unknown", with("q", "http/x"), "q=http/x does not offer dns/txt"},
        Case{"a known tag in upper case", with("L", "0"), "tag L= is not lower case"},
        Case{"unknown tags are ignored", with("zz", "anything"), ""},
        Case{"rsa-sha1 is judged elsewhere", with("a", "rsa-sha1;bh=MTIzNDU2Nzg5MDEyMzQ1Njc4OTA="),
             "tag bh= occurs twice"}));

TEST(Signatures, ABrokenOneStillClaims) {
  const Claim broken = claim(with("bh", "-"));
  EXPECT_EQ(broken.domain, "a.example");
  EXPECT_EQ(broken.selector, "s1");
  EXPECT_EQ(broken.algorithm, "rsa-sha256");
  EXPECT_EQ(claim("junk").domain, "");
}

}  // namespace
}  // namespace filters::signing
