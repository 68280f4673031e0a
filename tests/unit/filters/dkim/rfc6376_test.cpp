// RFC 6376, 8301 and 8463 requirement by requirement: messages signed by a signer of our own, judged by the
// whole filter.
#include <functional>

#include <gtest/gtest.h>

#include "filters/dkim/dkim_filter.h"
#include "filters/registry.h"
#include "tests/support/answer_book.h"
#include "tests/support/dkim_signer.h"
#include "tests/support/named.h"

namespace filters::dkim {
namespace {

using support::dkim_sign;
using support::dkim_signed;
using support::DkimKey;
using support::DkimSigning;

constexpr std::int64_t kNow = 1'700'000'000;  // 2023-11-14 22:13:20
constexpr auto kMessage =
    "From: A <a@a.example>\r\nTo: b@b.example\r\nSubject: x\r\n\r\nHello\r\n";  // body: 7 octets
constexpr auto kKeyName = "s1._domainkey.a.example";

const DkimKey& rsa() {
  static const DkimKey key = DkimKey::rsa();
  return key;
}
const DkimKey& ed25519() {
  static const DkimKey key = DkimKey::ed25519();
  return key;
}
// p= of the key that signs.
std::string p() {
  const std::string record = rsa().record();
  return record.substr(record.find("p="));
}

std::string judged(const std::string& message, const std::function<void(support::AnswerBook&)>& publish) {
  support::AnswerBook book;
  publish(book);
  const Vocabulary vocabulary = make_vocabulary();
  policy::Facts facts{vocabulary};
  policy::Answers answers;
  facts.set("now", Time(std::chrono::seconds(kNow)));
  facts.set_message(Message::parse(message));
  const Finding finding = support::examine(*make_dkim({}), facts, book, answers);
  std::string text;
  for (const Evidence& evidence : finding.evidence) {
    text.append(text.empty() ? "" : "; ").append(name(evidence.outcome));
    if (!evidence.reason.empty()) text.append(": ").append(evidence.reason);
    if (const std::string* weak = evidence.detail("weak")) text.append(" (weak: ").append(*weak).append(")");
  }
  return text;
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  const std::size_t at = text.find(what);
  if (at == text.npos) throw std::logic_error("nothing to replace: " + what);
  return text.replace(at, what.size(), with);
}

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
  EXPECT_EQ(judged(dkim_signed(kMessage, rsa(), how),
                   [](auto& book) {
                     for (const char* name :
                          {kKeyName, "s1._domainkey.xn--bcher-kva.example", "x.y._domainkey.a.example",
                           "_x._domainkey.a.example", "xn--bcher-kva._domainkey.a.example"})
                       book.txt(name, rsa().record());
                   }),
            GetParam().expect);
}

DkimSigning forms(bool header, bool body) {
  DkimSigning how;
  how.relaxed = header;
  how.relaxed_body = body;
  return how;
}
DkimSigning over(std::vector<std::string> fields) {
  DkimSigning how;
  how.fields = std::move(fields);
  return how;
}
DkimSigning octets(std::size_t length) {
  DkimSigning how;
  how.length = length;
  return how;
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
        Tags{"§3.5 b is no signature", "b={b}", "b=Zm9v",
             "fail: the signature does not match: a signed header field was changed, or the key"},
        Tags{"§3.5 bh is missing", " bh={bh};", "", "permerror: bh= is missing"},
        Tags{"§3.5 bh is too short", "bh={bh}", "bh=Zm9v", "permerror: bh= is not a hash of 32 octets"},
        Tags{"§3.5 bh is folded", "bh={bh}", "bh =\r\n {bh}\r\n\t"},
        Tags{"§3.5 bh is of another body", "bh={bh}", "bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
             "fail: body hash differs: the message was changed after signing"}));

INSTANTIATE_TEST_SUITE_P(Canonicalization, SignatureTags,
                         testing::Values(Tags{"§3.5 c is absent: simple/simple", "c=relaxed/relaxed; ", "",
                                              "pass", forms(false, false)},
                                         Tags{"§3.5 c is one word: the body is simple", "c=relaxed/relaxed",
                                              "c=relaxed", "pass", forms(true, false)},
                                         Tags{"§3.5 c is simple/relaxed", "c=relaxed/relaxed",
                                              "c=simple/relaxed", "pass", forms(false, true)},
                                         Tags{"§3.5 c is simple/simple", "c=relaxed/relaxed",
                                              "c=simple/simple", "pass", forms(false, false)},
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
                         "h=x-none:from:cc:cc:from", "pass", over({"x-none", "from", "cc", "cc", "from"})},
                    Tags{"§5.4.2 h names more than there are", "h=from:to:subject:from",
                         "h=from:from:from:to:to", "pass", over({"from", "to"})},
                    Tags{"§8.15 h names From as often as it occurs", "h=from:to:subject:from", "h=from:to",
                         kWeak, over({"from", "to"})},
                    Tags{"§3.5 h in another order", "h=from:to:subject:from", "h=subject:from:to:from",
                         "pass", over({"subject", "from", "to"})},
                    Tags{"§5.4.2 h names the signature itself", "h=from:to:subject:from",
                         "h=from:dkim-signature", "policy: h= covers more signatures than stand below it",
                         over({"from"})}));

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
    testing::Values(Tags{"§3.5 l covers all", "s=s1;", "s=s1; l=7;", "pass", octets(7)},
                    Tags{"§3.5 l covers all, with leading zeros", "s=s1;",
                         "s=s1; l=" + std::string(75, '0') + "7;", "pass", octets(7)},
                    Tags{"§8.2 l leaves one octet", "s=s1;", "s=s1; l=6;",
                         "policy: the signature leaves 1 octets of the body uncovered (l=6)", octets(6)},
                    Tags{"§8.2 l leaves all", "s=s1;", "s=s1; l=0;",
                         "policy: the signature leaves 7 octets of the body uncovered (l=0)", octets(0)},
                    Tags{"§3.5 l is more than there is", "s=s1;", "s=s1; l=8;",
                         "permerror: l= is more than the body has octets", octets(8)},
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

// --- the field of the signature

INSTANTIATE_TEST_SUITE_P(SignatureField, SignatureTags,
                         testing::Values(Tags{"§3.5 its name in another case",
                                              "DKIM-Signature:", "dKim-SIGNATURE:"},
                                         Tags{"§3.4.2 folded where it may be",
                                              "a=rsa-sha256; c=", "a\r\n =\r\n rsa-sha256\r\n ;\r\n\tc="}));

// --- the key record

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
  EXPECT_EQ(judged(dkim_signed(kMessage, GetParam().ed ? ed25519() : rsa(), how),
                   [](auto& book) {
                     for (const std::string& record : GetParam().records) book.txt(kKeyName, record);
                   }),
            GetParam().expect);
}

std::string broken(const std::string& why) { return "permerror: key s1._domainkey.a.example: " + why; }
std::string signature_differs() {
  return "fail: the signature does not match: a signed header field was changed, or the key";
}
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
        Keys{"§3.6.1 p is a bare RSAPublicKey", {rsa().bare_record()}},
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
        Keys{"§3.6.2.2 several: the first of another type", {ed25519().record(), p()}},
        Keys{"§3.6.2.2 several: for Ed25519, the first of another type",
             {p(), ed25519().record()},
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
        Keys{"RFC 8301 §3.2 1024 bits", {support::rsa_key_of(modulus(128, '\1'), kE)}, signature_differs()},
        Keys{"RFC 8301 §3.2 4096 bits", {support::rsa_key_of(modulus(512, '\1'), kE)}, signature_differs()},
        Keys{"RFC 8301 §3.2 16384 bits",
             {support::rsa_key_of(modulus(2048, '\1'), kE)},
             "policy: RSA key of 16384 bits is too long to check"},
        Keys{"RFC 8017 §3.1 an even modulus", {support::rsa_key_of(modulus(256, '\2'), kE)}, kNoNumbers},
        Keys{"RFC 8017 §3.1 an even exponent", {support::rsa_key_of(modulus(256, '\1'), "\4")}, kNoNumbers},
        Keys{"RFC 8017 §3.1 an exponent of 1", {support::rsa_key_of(modulus(256, '\1'), "\1")}, kNoNumbers},
        Keys{"RFC 8017 §3.1 an exponent as long as the modulus",
             {support::rsa_key_of(modulus(256, '\1'), modulus(256, '\1'))},
             kNoNumbers},
        Keys{"RFC 8463 §4 an Ed25519 key", {ed25519().record()}, "pass", "", true},
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
  EXPECT_EQ(
      judged(dkim_signed(kMessage, rsa()), [](auto& book) { book.status(kKeyName, GetParam().status); }),
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

// --- canonical forms: whatever the shape, what is signed as it came is found as it was signed

struct Shape {
  std::string name;
  std::string octets;
};
POSTERN_NAMED(Shape)

std::string found_as_signed(const std::string& message) {
  std::string wrong;
  for (const bool header : {false, true})
    for (const bool body : {false, true}) {
      const std::string found = judged(dkim_signed(message, rsa(), forms(header, body)),
                                       [](auto& book) { book.txt(kKeyName, rsa().record()); });
      if (found != "pass")
        wrong +=
            std::string(header ? "relaxed/" : "simple/") + (body ? "relaxed " : "simple ") + found + "\n";
    }
  return wrong;
}

class BodyShapes : public testing::TestWithParam<Shape> {};
TEST_P(BodyShapes, AreHashedAsSigned) {
  EXPECT_EQ(found_as_signed("From: a@a.example\r\nSubject: x\r\n\r\n" + GetParam().octets), "");
}

INSTANTIATE_TEST_SUITE_P(
    Table, BodyShapes,
    testing::Values(Shape{"§3.4.3 empty", ""}, Shape{"§3.4.3 one CRLF", "\r\n"},
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
    testing::Values(Shape{"§3.4.2 folded", "Subject: a\r\n b\r\n\tc\r\n"},
                    Shape{"§3.4.2 folded at once", "Subject:\r\n a\r\n"},
                    Shape{"§3.4.2 a fold of white space alone", "Subject: a\r\n \t\r\n b\r\n"},
                    Shape{"§3.4.2 empty", "Subject:\r\n"},
                    Shape{"§3.4.2 white space alone", "Subject: \t \r\n"},
                    Shape{"§3.4.2 no space behind the colon", "Subject:a\r\n"},
                    Shape{"§3.4.2 white space around and inside", "SUBJECT:  \t a \t b \t \r\n"},
                    Shape{"§3.4.2 colons in the value", "Subject: a:b : c\r\n"},
                    Shape{"a long line", "Subject: " + std::string(60'000, 'x') + "\r\n"},
                    Shape{"many folds", "Subject: " +
                                            [] {
                                              std::string folds;
                                              for (int i = 0; i < 5000; ++i) folds += "\r\n x";
                                              return folds;
                                            }() +
                                            "\r\n"},
                    Shape{"octets above 127", "Subject: gr\xfc\xdf \xc3\xa9\r\n"}));

// §5.4.2: signed fields of one name are taken from the bottom.
TEST(SignedFields, AreTakenFromTheBottom) {
  const std::string signed_twice = dkim_signed("Received: 2\r\nReceived: 1\r\n" + std::string(kMessage),
                                               rsa(), over({"From", "Received", "From"}));
  const auto publish = [](auto& book) { book.txt(kKeyName, rsa().record()); };
  EXPECT_EQ(judged("Received: 3\r\n" + signed_twice, publish), "pass");
  EXPECT_EQ(judged(replaced(signed_twice, "Received: 2\r\n", ""), publish), "pass")
      << "the signed one is at the bottom";
  EXPECT_EQ(judged(replaced(signed_twice, "Received: 1", "Received: 0"), publish), signature_differs());
}

}  // namespace
}  // namespace filters::dkim
