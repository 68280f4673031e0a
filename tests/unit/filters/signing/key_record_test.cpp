// Key records of selectors, and which signatures they may verify.  RFC 6376 §3.6.1
#include "filters/signing/key_record.h"

#include <gtest/gtest.h>

#include "tests/support/dkim_signer.h"
#include "tests/support/named.h"

namespace filters::signing {
namespace {

const support::DkimKey& rsa() {
  static const auto key = support::DkimKey::rsa(1024);
  return key;
}

// p= of a good RSA key.
std::string p() {
  const std::string record = rsa().record();
  return record.substr(record.find("p="));
}

struct Case {
  std::string name;
  std::string text;
  std::string expect;  // the reason, or "" when it parses
};
POSTERN_NAMED(Case)

const std::string kNumbers =
    "its RSA key vouches for nothing: an even number, or an exponent of 1 or over 64 bits";

class KeyRecords : public testing::TestWithParam<Case> {};

TEST_P(KeyRecords, ParseOrSayWhy) {
  const auto key = parse_key_record(GetParam().text);
  EXPECT_EQ(key ? "" : key.error().text(), GetParam().expect);
}

INSTANTIATE_TEST_SUITE_P(
    Table, KeyRecords,
    testing::Values(
        Case{"only p", p(), ""}, Case{"v first", "v=DKIM1; " + p(), ""},
        Case{"v not first", "k=rsa; v=DKIM1; " + p(), "v= is not DKIM1, or not its first tag"},
        Case{"another version", "v=DKIM2; " + p(), "v= is not DKIM1, or not its first tag"},
        Case{"lower case version", "v=dkim1; " + p(), "v= is not DKIM1, or not its first tag"},
        Case{"upper case k", "k=RSA; " + p(), ""},
        Case{"unknown k", "k=dsa; " + p(), "a key of an unknown type (k=dsa)"},
        Case{"any service", "s=*; " + p(), ""}, Case{"email among services", "s=tlsrpt : Email; " + p(), ""},
        Case{"another service", "s=tlsrpt; " + p(), "it is for another service (s=tlsrpt)"},
        Case{"no p", "v=DKIM1; k=rsa", "p= is missing"}, Case{"revoked", "v=DKIM1; p=", ""},
        Case{"revoked, with white space", "p= \r\n ", ""},
        Case{"p is not base64", "p=a*", "p= is not base64"},
        Case{"p is no key", "p=Zm9vYmFy", "p= is no RSA key"},
        Case{"octets behind the key", p() + "AAAA", "p= is no RSA key"},
        Case{"RSA with an exponent of 3", "p=MCYCIQDSPwgkEosvMwxcf9Cmo6RQZRMnDiaeDTfyp03kUua0OQIBAw==", ""},
        Case{"RSA with an exponent of 1",
             "p=MCYCIQDSPwgkEosvMwxcf9Cmo6RQZRMnDiaeDTfyp03kUua0OQIBAQ==", kNumbers},
        Case{"RSA with an even exponent",
             "p=MCYCIQDSPwgkEosvMwxcf9Cmo6RQZRMnDiaeDTfyp03kUua0OQIBBA==", kNumbers},
        Case{"RSA with an even modulus", "p=MCgCIQDSPwgkEosvMwxcf9Cmo6RQZRMnDiaeDTfyp03kUua0OAIDAQAB",
             kNumbers},
        Case{"RSA with an exponent as long as its modulus",
             "p=MEYCIQDSPwgkEosvMwxcf9Cmo6RQZRMnDiaeDTfyp03kUua0OQIhANI/CCQSiy8zDFx/0KajpFBlEycOJp4NN/"
             "KnTeRS5rQ3",
             kNumbers},
        Case{"an Ed25519 key of 32 octets", "k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", ""},
        Case{"an Ed25519 key of 31 octets", "k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHUQ==",
             "an Ed25519 key has 32 octets, this one 31 (p=)"},
        Case{"an RSA key said to be Ed25519", "k=ed25519; " + p(),
             "an Ed25519 key has 32 octets, this one 162 (p=)"},
        Case{"not a tag list", "hello", "\"hello\" is no tag=value"}, Case{"empty", "", "no tags at all"},
        Case{"notes and unknown tags", "n=a note; g=*; zz=1; " + p(), ""}));

TEST(KeyRecord, TellsSizeAndFlags) {
  const auto key = parse_key_record("v=DKIM1; h=SHA256 : sha1; t=y:s; " + p());
  ASSERT_TRUE(key) << key.error().text();
  EXPECT_EQ(key->bits, 1024u);
  EXPECT_EQ(key->hashes, (std::vector<std::string>{"sha256", "sha1"}));
  EXPECT_TRUE(key->test_mode && key->same_domain);
  EXPECT_FALSE(key->revoked);
  EXPECT_TRUE(parse_key_record("p=")->revoked);
  EXPECT_EQ(parse_key_record(support::DkimKey::ed25519().record())->type, KeyType::ed25519);
}

TEST(KeyRecord, WrapsABareRsaKey) {
  const auto bare = parse_key_record(rsa().bare_record());
  ASSERT_TRUE(bare) << bare.error().text();
  EXPECT_NE(rsa().bare_record(), rsa().record());
  EXPECT_EQ(bare->key, parse_key_record(rsa().record())->key);
}

TEST(KeyRecord, IsPlainForTheLibrary) {
  const auto key = parse_key_record("v=DKIM1; n=" + std::string(2000, 'x') + "; t=y; " + p());
  ASSERT_TRUE(key);
  EXPECT_EQ(key->plain(), "v=DKIM1;k=rsa;" + p());
}

struct Match {
  std::string name;
  std::string record;
  std::string tags;  // of the signature
  std::string expect;
};
POSTERN_NAMED(Match)

class KeyMatches : public testing::TestWithParam<Match> {};

TEST_P(KeyMatches, OrSayWhyNot) {
  const auto key = parse_key_record(GetParam().record);
  const auto signature = parse_signature(
      "v=1; d=a.example; s=s1; h=from; b=Zm9v; bh=MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI=; " +
      GetParam().tags);
  ASSERT_TRUE(key) << key.error().text();
  ASSERT_TRUE(signature) << signature.error().text();
  EXPECT_EQ(mismatch(*key, *signature), GetParam().expect);
}

INSTANTIATE_TEST_SUITE_P(
    Table, KeyMatches,
    testing::Values(Match{"fits", p(), "a=rsa-sha256", ""},
                    Match{"revoked", "p=", "a=rsa-sha256", "it is revoked (p= is empty)"},
                    Match{"RSA key, Ed25519 signature", p(), "a=ed25519-sha256",
                          "it is no key for ed25519-sha256 (k=rsa)"},
                    Match{"hash allowed", "h=sha1:sha256; " + p(), "a=rsa-sha256", ""},
                    Match{"hash not allowed", "h=sha1; " + p(), "a=rsa-sha256",
                          "it does not allow sha256 (h=)"},
                    Match{"t=s and the same domain", "t=s; " + p(), "a=rsa-sha256; i=x@a.example", ""},
                    Match{"t=s and a sub-domain", "t=s; " + p(), "a=rsa-sha256; i=x@b.a.example",
                          "i= is in a sub-domain of d=, which it does not allow (t=s)"},
                    Match{"a sub-domain without t=s", p(), "a=rsa-sha256; i=x@b.a.example", ""}));

}  // namespace
}  // namespace filters::signing
