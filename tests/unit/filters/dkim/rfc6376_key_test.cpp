// Key records and their look-ups, requirement by requirement.  RFC 6376 §3.6, §6.1.2, RFC 8301, RFC 8463
#include <gtest/gtest.h>

#include "tests/support/dkim_bench.h"
#include "tests/support/named.h"

namespace filters::dkim {
namespace {

using namespace support;

// p= of the key that signs.
std::string p() {
  const std::string record = rsa_key().record();
  return record.substr(record.find("p="));
}

struct Keys {
  std::string name;
  std::vector<std::string> records;  // none: the name does not exist
  std::string expect = "pass";
  std::string tags = {};  // of the signature, besides
  bool ed = false;        // signed with Ed25519
};
POSTERN_NAMED(Keys)

class KeyRecordsPublished : public testing::TestWithParam<Keys> {};

TEST_P(KeyRecordsPublished, AreJudged) {
  DkimSigning how;
  how.more = GetParam().tags;
  EXPECT_EQ(judged(dkim_signed(kDkimMessage, GetParam().ed ? ed25519_key() : rsa_key(), how),
                   [](auto& book) {
                     for (const std::string& record : GetParam().records) book.txt(kDkimKeyName, record);
                   }),
            GetParam().expect);
}

std::string broken(const std::string& why) { return "permerror: key s1._domainkey.a.example: " + why; }
// A modulus of so many octets, the last of them this one.
std::string modulus(std::size_t octets, char last) { return std::string(octets - 1, '\xc7') + last; }

const std::string kE = "\1" + std::string(1, '\0') + "\1";
const std::string kNoNumbers =
    broken("its RSA key vouches for nothing: an even number, or an exponent of 1 or over 64 bits");

INSTANTIATE_TEST_SUITE_P(
    Table, KeyRecordsPublished,
    testing::Values(
        Keys{"§3.6.1 all its tags",
             {"v=DKIM1; h=sha1:sha256; k=rsa; n=a note; s=email:other; t=s:z; " + p()}},
        Keys{"§3.6.1 p alone", {p()}}, Keys{"§3.6.1 unknown tags", {"zz=1; g=*; " + p()}},
        Keys{"§3.6.1 v is not first",
             {"k=rsa; v=DKIM1; " + p()},
             broken("v= is not DKIM1, or not its first tag")},
        Keys{"§3.6.1 v is another", {"v=DKIM2; " + p()}, broken("v= is not DKIM1, or not its first tag")},
        Keys{"§3.6.1 v in small letters",
             {"v=dkim1; " + p()},
             broken("v= is not DKIM1, or not its first tag")},
        Keys{"§3.6.1 k is unknown", {"k=dsa; " + p()}, broken("a key of an unknown type (k=dsa)")},
        Keys{"§3.6.1 h leaves the hash out", {"h=sha1; " + p()}, broken("it does not allow sha256 (h=)")},
        Keys{"§3.6.1 h with unknown hashes", {"h=sha999 : sha256; " + p()}},
        Keys{"§3.6.1 s for another service",
             {"s=tlsrpt; " + p()},
             broken("it is for another service (s=tlsrpt)")},
        Keys{"§3.6.1 s for all services", {"s=*; " + p()}},
        Keys{"§3.6.1 t=y is in test mode", {"t=y; " + p()}, "pass (weak: the key is in test mode (t=y))"},
        Keys{"§3.6.1 t=s, i is the domain", {"t=s; " + p()}, "pass", "i=x@a.example"},
        Keys{"§3.6.1 t=s, i in a sub-domain",
             {"t=y : s; " + p()},
             broken("i= is in a sub-domain of d=, which it does not allow (t=s)"),
             "i=x@b.a.example"},
        Keys{"§3.6.1 t with unknown flags", {"t=q:w; " + p()}},
        Keys{"§3.6.1 p is empty", {"v=DKIM1; p="}, broken("it is revoked (p= is empty)")},
        Keys{"§3.6.1 p is missing", {"v=DKIM1; k=rsa"}, broken("p= is missing")},
        Keys{"§3.6.1 p is no base64", {"p=*"}, broken("p= is not base64")},
        Keys{"§3.6.1 p with white space", {replaced(p(), "p=MII", "p= M I\r\n I\t")}},
        Keys{"§3.6.1 p is a bare RSAPublicKey", {rsa_key().bare_record()}},
        Keys{"§3.6.1 p is no key", {"p=Zm9vYmFy"}, broken("p= is no RSA key")},
        Keys{"§3.6.1 octets behind the key",
             {p().substr(0, p().find('=', 2)) + "AAAA"},
             broken("p= is no RSA key")},
        Keys{"§3.6.1 a tag twice", {"k=rsa; k=rsa; " + p()}, broken("tag k= occurs twice")},
        Keys{"§3.6.1 octets above 127", {"n=\xff\xfe; " + p()}},
        Keys{"§3.6.1 NUL",
             {"n=" + std::string(1, '\0') + "; " + p()},
             broken("tag n= holds a control character")},
        Keys{"§3.6.1 30 kB", {"n=" + std::string(30'000, 'x') + "; " + p()}},
        Keys{"§3.6.1 too long",
             {"n=" + std::string(40'000, 'x') + "; " + p()},
             broken("tag list over 32768 octets")},
        Keys{"§3.6.1 not a tag list", {"hello"}, broken("\"hello\" is no tag=value")},
        Keys{"§3.6.1 an empty record", {""}, broken("no tags at all")},
        Keys{"§3.6.2.2 several: one that can be read", {"v=spf1 -all", p()}},
        Keys{"§3.6.2.2 several: none that can be read",
             {"v=spf1 -all", "p=*"},
             broken("v= is not DKIM1, or not its first tag")},
        Keys{"§3.6.2.2 several: the first revoked", {"p=", p()}, broken("it is revoked (p= is empty)")},
        Keys{"§3.6.2.2 several: the first of another type", {ed25519_key().record(), p()}},
        Keys{"§3.6.2.2 several: for Ed25519, the first of another type",
             {p(), ed25519_key().record()},
             "pass",
             "",
             true},
        Keys{"§6.1.2 no such name", {}, "permerror: key s1._domainkey.a.example does not exist"},
        Keys{"RFC 8301 §3.2 1023 bits",
             {support::rsa_key_of("\x47" + modulus(127, '\1'), kE)},
             "policy: RSA key of 1023 bits: at least 1024 are wanted (RFC 8301 §3.2)"},
        Keys{"RFC 8301 §3.2 512 bits",
             {support::rsa_key_of(modulus(64, '\1'), kE)},
             "policy: RSA key of 512 bits: at least 1024 are wanted (RFC 8301 §3.2)"},
        Keys{"RFC 8301 §3.2 1024 bits", {support::rsa_key_of(modulus(128, '\1'), kE)}, kSignatureDiffers},
        Keys{"RFC 8301 §3.2 4096 bits", {support::rsa_key_of(modulus(512, '\1'), kE)}, kSignatureDiffers},
        Keys{"RFC 8301 §3.2 16384 bits",
             {support::rsa_key_of(modulus(2048, '\1'), kE)},
             "policy: RSA key of 16384 bits is too long to check"},
        Keys{"RFC 8017 §3.1 an even modulus", {support::rsa_key_of(modulus(256, '\2'), kE)}, kNoNumbers},
        Keys{"RFC 8017 §3.1 an even exponent", {support::rsa_key_of(modulus(256, '\1'), "\4")}, kNoNumbers},
        Keys{"RFC 8017 §3.1 an exponent of 1", {support::rsa_key_of(modulus(256, '\1'), "\1")}, kNoNumbers},
        Keys{"RFC 8017 §3.1 an exponent as long as the modulus",
             {support::rsa_key_of(modulus(256, '\1'), modulus(256, '\1'))},
             kNoNumbers},
        Keys{"RFC 8463 §4 an Ed25519 key", {ed25519_key().record()}, "pass", "", true},
        Keys{"RFC 8463 §4 an Ed25519 key of 31 octets",
             {"k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHUQ=="},
             broken("an Ed25519 key has 32 octets, this one 31 (p=)"),
             "",
             true},
        Keys{"RFC 8032 §5.1.3 an Ed25519 key of small order",
             {"k=ed25519; p=AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIA="},
             broken("its Ed25519 key vouches for nothing: a point of small order"),
             "",
             true},
        Keys{"RFC 8463 §4 an RSA key for Ed25519",
             {p()},
             broken("it is no key for ed25519-sha256 (k=rsa)"),
             "",
             true}));

struct LookUp {
  std::string name;
  DnsStatus status;
  std::string expect;
};
POSTERN_NAMED(LookUp)

class KeyLookUps : public testing::TestWithParam<LookUp> {};

TEST_P(KeyLookUps, AreTemporaryOnlyWhenTheyFailed) {
  EXPECT_EQ(judged(dkim_signed(kDkimMessage, rsa_key()),
                   [](auto& book) { book.status(kDkimKeyName, GetParam().status); }),
            GetParam().expect);
}

INSTANTIATE_TEST_SUITE_P(
    Table, KeyLookUps,
    testing::Values(
        LookUp{"§6.1.2 NXDOMAIN", DnsStatus::nxdomain,
               "permerror: key s1._domainkey.a.example does not exist"},
        LookUp{"§6.1.2 no data", DnsStatus::nodata, "permerror: key s1._domainkey.a.example does not exist"},
        LookUp{"§6.1.2 time-out", DnsStatus::timeout, "temperror: TXT s1._domainkey.a.example: timeout"},
        LookUp{"§6.1.2 SERVFAIL", DnsStatus::servfail, "temperror: TXT s1._domainkey.a.example: servfail"},
        LookUp{"§6.1.2 REFUSED", DnsStatus::refused, "temperror: TXT s1._domainkey.a.example: refused"},
        LookUp{"§6.1.2 bogus", DnsStatus::bogus, "temperror: TXT s1._domainkey.a.example: bogus"}));

}  // namespace
}  // namespace filters::dkim
