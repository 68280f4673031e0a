// The tags of signatures, requirement by requirement: signed by a signer of our own, judged by the whole
// filter. RFC 6376 §3.2, §3.5, RFC 8616
#include <gtest/gtest.h>

#include "tests/support/dkim_bench.h"
#include "tests/support/named.h"

namespace filters::dkim {
namespace {

using namespace support;

// --- the tags of the signature

const std::string kTags =
    "v=1; a=rsa-sha256; c=relaxed/relaxed; d=a.example; s=s1;\r\n h=from:to:subject:from; bh={bh};\r\n b={b}";
const std::string kLayout = "DKIM-Signature: " + kTags;

struct Tags {
  std::string name;
  std::string what;  // in the field above …
  std::string with;  // … becomes this, before it is signed
  std::string expect = "pass";
  DkimSigning how = {};
};
POSTERN_NAMED(Tags)

class SignatureTags : public testing::TestWithParam<Tags> {};

TEST_P(SignatureTags, AreJudged) {
  DkimSigning how = GetParam().how;
  how.layout = replaced(kLayout, GetParam().what, GetParam().with);
  EXPECT_EQ(judged(dkim_signed(kDkimMessage, rsa_key(), how),
                   [](auto& book) {
                     for (const char* name :
                          {kDkimKeyName, "s1._domainkey.xn--bcher-kva.example", "x.y._domainkey.a.example",
                           "_x._domainkey.a.example", "xn--bcher-kva._domainkey.a.example"})
                       book.txt(name, rsa_key().record());
                   }),
            GetParam().expect);
}

const std::string kWeak =
    "pass (weak: another From could be added: h= names From no more often than it occurs)";

INSTANTIATE_TEST_SUITE_P(
    TagLists, SignatureTags,
    testing::Values(
        Tags{"§3.2 white space around names and values", "v=1; a=rsa-sha256;",
             "v = 1\t;\r\n a =\trsa-sha256 ;"},
        Tags{"§3.2 no white space at all", "v=1; a=rsa-sha256; c=", "v=1;a=rsa-sha256;c="},
        Tags{"§3.2 a semicolon at the end", "b={b}", "b={b};"},
        Tags{"§3.2 a semicolon and white space at the end", "b={b}", "b={b} ; "},
        Tags{"§3.2 two semicolons at the end", "b={b}", "b={b};;", "permerror: \"\" is no tag=value"},
        Tags{"§3.2 an empty member", "a=", "; a=", "permerror: \"\" is no tag=value"},
        Tags{"§3.2 a tag twice", "v=1;", "v=1; v=1;", "permerror: tag v= occurs twice"},
        Tags{"§3.2 an unknown tag twice", "v=1;", "v=1; y=1; y=2;", "permerror: tag y= occurs twice"},
        Tags{"§3.2 unknown tags are ignored", "v=1;", "v=1; zz_9=a=b c; y=;"},
        Tags{"§3.2 a tag without a value", "v=1;", "v=1; junk;", "permerror: \"junk\" is no tag=value"},
        Tags{"§3.2 a tag name that begins with a digit", "v=1;", "v=1; 1x=1;",
             "permerror: \"1x\" is no tag name"},
        Tags{"§3.2 a control octet in a value", "v=1;", "v=1; y=\a;",
             "permerror: tag y= holds a control character"}));

INSTANTIATE_TEST_SUITE_P(
    Version, SignatureTags,
    testing::Values(Tags{"§3.5 v is missing", "v=1; ", "", "permerror: v= is missing"},
                    Tags{"§3.5 v is another", "v=1;", "v=2;", "permerror: v= is not 1"},
                    Tags{"§3.5 v is compared as text", "v=1;", "v=1.0;", "permerror: v= is not 1"},
                    Tags{"§3.5 v may stand anywhere", "v=1; a=rsa-sha256;", "a=rsa-sha256; v=1;"}));

INSTANTIATE_TEST_SUITE_P(
    Algorithm, SignatureTags,
    testing::Values(Tags{"§3.5 a is missing", "a=rsa-sha256; ", "", "permerror: a= is missing"},
                    Tags{"§3.3 a is unknown", "a=rsa-sha256", "a=rsa-sha512",
                         "permerror: algorithm rsa-sha512 is not known (a=)"},
                    Tags{"§3.3 a in capitals", "a=rsa-sha256", "a=RSA-SHA256"},
                    Tags{"RFC 8463 §3 a of another kind of key", "a=rsa-sha256", "a=ed25519-sha256",
                         "permerror: key s1._domainkey.a.example: it is no key for ed25519-sha256 (k=rsa)"}));

INSTANTIATE_TEST_SUITE_P(
    SignatureData, SignatureTags,
    testing::Values(
        Tags{"§3.5 b comes first", kTags,
             "b={b}; v=1; a=rsa-sha256; c=relaxed/relaxed; d=a.example; s=s1; h=from:to:subject:from; "
             "bh={bh}"},
        Tags{"§3.7 b in the middle, white space around its value", kTags,
             "v=1; b= \r\n\t{b}\r\n ; a=rsa-sha256; c=relaxed/relaxed; d=a.example; s=s1; "
             "h=from:to:subject:from; bh={bh}"},
        Tags{"§3.5 b is missing", ";\r\n b={b}", "", "permerror: b= is missing"},
        Tags{"§3.5 b is empty", "b={b}", "b=", "permerror: b= is empty"},
        Tags{"§3.5 b is no base64", "b={b}", "b=a*==", "permerror: b= is not base64"},
        Tags{"§3.5 b is no signature", "b={b}", "b=Zm9v", kSignatureDiffers},
        Tags{"§3.5 bh is missing", " bh={bh};", "", "permerror: bh= is missing"},
        Tags{"§3.5 bh is too short", "bh={bh}", "bh=Zm9v", "permerror: bh= is not a hash of 32 octets"},
        Tags{"§3.5 bh is folded", "bh={bh}", "bh =\r\n {bh}\r\n\t"},
        Tags{"§3.5 bh is of another body", "bh={bh}",
             "bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", kBodyDiffers}));

INSTANTIATE_TEST_SUITE_P(Canonicalization, SignatureTags,
                         testing::Values(Tags{"§3.5 c is absent: simple/simple", "c=relaxed/relaxed; ", "",
                                              "pass", dkim_forms(false, false)},
                                         Tags{"§3.5 c is one word: the body is simple", "c=relaxed/relaxed",
                                              "c=relaxed", "pass", dkim_forms(true, false)},
                                         Tags{"§3.5 c is simple/relaxed", "c=relaxed/relaxed",
                                              "c=simple/relaxed", "pass", dkim_forms(false, true)},
                                         Tags{"§3.5 c is simple/simple", "c=relaxed/relaxed",
                                              "c=simple/simple", "pass", dkim_forms(false, false)},
                                         Tags{"§3.5 c in capitals", "c=relaxed/relaxed", "c=Relaxed/RELAXED"},
                                         Tags{"§3.5 c is unknown", "c=relaxed/relaxed", "c=nowsp",
                                              "permerror: canonicalization nowsp is not known (c=)"},
                                         Tags{"§3.5 c with half a pair", "c=relaxed/relaxed", "c=relaxed/",
                                              "permerror: canonicalization relaxed/ is not known (c=)"}));

INSTANTIATE_TEST_SUITE_P(
    Domain, SignatureTags,
    testing::Values(
        Tags{"§3.5 d in capitals", "d=a.example", "d=A.Example"},
        Tags{"§3.5 d as an A-label", "d=a.example", "d=xn--bcher-kva.example"},
        Tags{"§3.5 d is missing", "d=a.example; ", "", "permerror: d= is missing"},
        Tags{"§3.5 d is empty", "d=a.example", "d=", "permerror: d= is no domain"},
        Tags{"§3.5 d is a single label", "d=a.example", "d=example", "permerror: d=example is no domain"},
        Tags{"§3.5 d ends in a dot", "d=a.example", "d=a.example.", "permerror: d=a.example. is no domain"},
        Tags{"§3.5 d is an address", "d=a.example", "d=[192.0.2.1]", "permerror: d=[192.0.2.1] is no domain"},
        Tags{"§3.5 d with white space inside", "d=a.example", "d=a. example",
             "permerror: d=a. example is no domain"}));

INSTANTIATE_TEST_SUITE_P(
    SignedFields, SignatureTags,
    testing::Values(Tags{"§3.5 h with white space around the colons", "h=from:to", "h=From :\r\n\tTo"},
                    Tags{"§5.4 h without From", "h=from:to:subject:from", "h=to:subject",
                         "permerror: the From field is not signed (h=)"},
                    Tags{"§3.5 h is missing", "h=from:to:subject:from; ", "", "permerror: h= is missing"},
                    Tags{"§3.5 h with an empty member", "h=from:to", "h=from::to",
                         "permerror: h= names \"\", which is no field name"},
                    Tags{"§3.5 h with white space inside a name", "h=from:to", "h=from:t o",
                         "permerror: h= names \"t o\", which is no field name"},
                    Tags{"§5.4.2 h names fields that are not there", "h=from:to:subject:from",
                         "h=x-none:from:cc:cc:from", "pass",
                         dkim_over({"x-none", "from", "cc", "cc", "from"})},
                    Tags{"§5.4.2 h names more than there are", "h=from:to:subject:from",
                         "h=from:from:from:to:to", "pass", dkim_over({"from", "to"})},
                    Tags{"§8.15 h names From as often as it occurs", "h=from:to:subject:from", "h=from:to",
                         kWeak, dkim_over({"from", "to"})},
                    Tags{"§3.5 h in another order", "h=from:to:subject:from", "h=subject:from:to:from",
                         "pass", dkim_over({"subject", "from", "to"})},
                    Tags{"§5.4.2 h names the signature itself", "h=from:to:subject:from",
                         "h=from:dkim-signature", kWeak, dkim_over({"from"})}));

INSTANTIATE_TEST_SUITE_P(
    Identity, SignatureTags,
    testing::Values(Tags{"§3.5 i is the domain", "s=s1;", "s=s1; i=@a.example;"},
                    Tags{"§3.5 i in a sub-domain, in capitals", "s=s1;", "s=s1; i=x@News.A.Example;"},
                    Tags{"§2.11 i with folds that do not count", "s=s1;", "s=s1; i=x@a.\r\n example;"},
                    Tags{"§3.5 i outside", "s=s1;", "s=s1; i=x@b.example;",
                         "permerror: i=x@b.example is not within d=a.example"},
                    Tags{"§3.5 i above", "s=s1;", "s=s1; i=x@example;",
                         "permerror: i=x@example is not within d=a.example"},
                    Tags{"§3.5 i ends alike", "s=s1;", "s=s1; i=x@ba.example;",
                         "permerror: i=x@ba.example is not within d=a.example"},
                    Tags{"§3.5 i within by a later @ only", "s=s1;", "s=s1; i=x@a.example@b.example;",
                         "permerror: i=x@a.example@b.example is not within d=a.example"},
                    Tags{"§3.5 i without @", "s=s1;", "s=s1; i=a.example;",
                         "permerror: i=a.example is no identity"},
                    Tags{"§2.11 i with half an octet", "s=s1;", "s=s1; i=x=4@a.example;",
                         "permerror: i=x=4@a.example is no identity"},
                    Tags{"§2.11 i with small hexadecimal digits", "s=s1;", "s=s1; i=x=3b@a.example;",
                         "permerror: i=x=3b@a.example is no identity"}));

INSTANTIATE_TEST_SUITE_P(
    Length, SignatureTags,
    testing::Values(Tags{"§3.5 l covers all", "s=s1;", "s=s1; l=7;", "pass", dkim_octets(7)},
                    Tags{"§3.5 l covers all, with leading zeros", "s=s1;",
                         "s=s1; l=" + std::string(75, '0') + "7;", "pass", dkim_octets(7)},
                    Tags{"§8.2 l leaves one octet", "s=s1;", "s=s1; l=6;",
                         "policy: the signature leaves 1 octets of the body uncovered (l=6)", dkim_octets(6)},
                    Tags{"§8.2 l leaves all", "s=s1;", "s=s1; l=0;",
                         "policy: the signature leaves 7 octets of the body uncovered (l=0)", dkim_octets(0)},
                    Tags{"§3.5 l is more than there is", "s=s1;", "s=s1; l=8;",
                         "permerror: l= is more than the body has octets", dkim_octets(8)},
                    Tags{"§3.5 l of 76 digits", "s=s1;", "s=s1; l=" + std::string(76, '9') + ";",
                         "permerror: l= is more than the body has octets"},
                    Tags{"§3.5 l of 77 digits", "s=s1;", "s=s1; l=" + std::string(77, '0') + ";",
                         "permerror: l=" + std::string(77, '0') + " is no number"},
                    Tags{"§3.5 l is no number", "s=s1;", "s=s1; l=7x;", "permerror: l=7x is no number"},
                    Tags{"§3.5 l is negative", "s=s1;", "s=s1; l=-7;", "permerror: l=-7 is no number"},
                    Tags{"§3.5 l is empty", "s=s1;", "s=s1; l=;", "permerror: l= is no number"}));

INSTANTIATE_TEST_SUITE_P(
    Query, SignatureTags,
    testing::Values(Tags{"§3.5 q names the one way there is", "s=s1;", "s=s1; q=dns/txt;"},
                    Tags{"§3.5 q names it among others, in capitals", "s=s1;", "s=s1; q=http/x : DNS/TXT;"},
                    Tags{"§3.5 q names others only", "s=s1;", "s=s1; q=dns/other;",
                         "permerror: q=dns/other does not offer dns/txt"}));

INSTANTIATE_TEST_SUITE_P(
    Selector, SignatureTags,
    testing::Values(Tags{"§3.1 s of several labels", "s=s1;", "s=X.y;"},
                    Tags{"§3.1 s with an underscore", "s=s1;", "s=_x;"},
                    Tags{"§3.5 s is missing", "s=s1;", "", "permerror: s= is missing"},
                    Tags{"§3.5 s is empty", "s=s1;", "s=;", "permerror: s= is no selector"},
                    Tags{"§3.5 s with an empty label", "s=s1;", "s=x..y;",
                         "permerror: s=x..y is no selector"},
                    Tags{"§3.5 s ends in a dot", "s=s1;", "s=s1.;", "permerror: s=s1. is no selector"},
                    Tags{"§3.5 s with octets that no name has", "s=s1;", "s=s1\xff;",
                         "permerror: s=s1\\xff is no selector"},
                    Tags{"§3.6.2.1 s makes too long a name", "s=s1;",
                         "s=" + std::string(63, 'x') + "." + std::string(63, 'x') + "." +
                             std::string(63, 'x') + "." + std::string(45, 'x') + ";",
                         "permerror: the name of its key is too long"}));

INSTANTIATE_TEST_SUITE_P(
    Times, SignatureTags,
    testing::Values(Tags{"§3.5 t in the future", "s=s1;", "s=s1; t=1700000060;"},
                    Tags{"§3.5 t of 12 digits", "s=s1;", "s=s1; t=999999999999;"},
                    Tags{"§3.5 t before there was DKIM", "s=s1;", "s=s1; t=0;"},
                    Tags{"§3.5 t is no number", "s=s1;", "s=s1; t=now;", "permerror: t=now is no number"},
                    Tags{"§3.5 x is now", "s=s1;", "s=s1; t=1699999999; x=1700000000;"},
                    Tags{"§3.5 x is past", "s=s1;", "s=s1; t=1699740800; x=1699999999;",
                         "permerror: signed 3 days ago and expired on 2023-11-14 22:13 UTC (x=)"},
                    Tags{"§3.5 x is past, without t", "s=s1;", "s=s1; x=1;",
                         "permerror: expired on 1970-01-01 00:00 UTC (x=)"},
                    Tags{"§3.5 x is before t", "s=s1;", "s=s1; t=1800000001; x=1800000000;",
                         "permerror: it expires no later than it was made (x=, t=)"},
                    Tags{"§3.5 x is t", "s=s1;", "s=s1; t=1800000000; x=1800000000;",
                         "permerror: it expires no later than it was made (x=, t=)"},
                    Tags{"§3.5 x is no number", "s=s1;", "s=s1; x=+5;", "permerror: x=+5 is no number"},
                    Tags{"§3.5 z is not looked into", "s=s1;", "s=s1; z=From=3Aforged@b.example|x|=zz:;"}));

// What libopendkim would misread.
INSTANTIATE_TEST_SUITE_P(
    Misread, SignatureTags,
    testing::Values(Tags{"§3.2 white space before the equals sign of b", "b={b}", "b =\r\n {b}"},
                    Tags{"§3.2 an unknown tag whose name ends in b", "v=1;", "v=1; xb=junk;"},
                    Tags{"RFC 8616 §3 UTF-8 in a value", "v=1;", "v=1; y=\xc3\xa9;"},
                    Tags{"RFC 8616 §4 d as a U-label", "d=a.example",
                         "d=b\xc3\xbc"
                         "cher.example"},
                    Tags{"§3.5 i with a quoted local part", "s=s1;", "s=s1; i=\"x@y=20=3B\"@a.example;"},
                    Tags{"RFC 8616 §4 s as a U-label", "s=s1;",
                         "s=b\xc3\xbc"
                         "cher;"},
                    Tags{"§3.5 x is far away", "s=s1;", "s=s1; x=99999999999999999999;"},
                    Tags{"§3.4.2 white space before its colon", "DKIM-Signature: v", "DKIM-Signature \t:v"},
                    Tags{"§3.5 x of 12 digits", "s=s1;", "s=s1; x=999999999999;"}));

TEST(Misread, IsNoWayAround) {
  DkimSigning how;
  how.layout = replaced(kLayout, "b={b}", "b ={b}");
  const std::string message = dkim_signed(kDkimMessage, rsa_key(), how);
  EXPECT_EQ(judged(message), "pass");
  EXPECT_EQ(judged(replaced(message, "Hello", "Hallo")), kBodyDiffers);
  EXPECT_EQ(judged(replaced(message, "Subject: x", "Subject: y")), kSignatureDiffers);
  EXPECT_EQ(judged(replaced(message, "v=1", "v=1; xb=y")), kSignatureDiffers);
  EXPECT_EQ(judged(dkim_signed(kDkimMessage, DkimKey::rsa(1024), how)), kSignatureDiffers);
  const std::string lone =
      dkim_signed(std::string(kDkimMessage) + "a\nb\r\n", rsa_key(), dkim_forms(false, false));
  EXPECT_EQ(judged(lone), "pass");
  EXPECT_EQ(judged(replaced(lone, "a\nb", "ab")), kBodyDiffers);
  EXPECT_EQ(judged(replaced(lone, "a\nb", "a\n\nb")), kBodyDiffers);
}

// --- the field of the signature

INSTANTIATE_TEST_SUITE_P(SignatureField, SignatureTags,
                         testing::Values(Tags{"§3.5 its name in another case",
                                              "DKIM-Signature:", "dKim-SIGNATURE:"},
                                         Tags{"§3.4.2 folded where it may be",
                                              "a=rsa-sha256; c=", "a\r\n =\r\n rsa-sha256\r\n ;\r\n\tc="}));

}  // namespace
}  // namespace filters::dkim
