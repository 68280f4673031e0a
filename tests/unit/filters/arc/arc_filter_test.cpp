// What the filter says of messages sealed here: outcomes, reasons, facts, questions.
#include <gtest/gtest.h>

#include "tests/support/named.h"
#include "tests/unit/filters/arc/bench.h"

namespace filters::arc {
namespace {

using support::ArcSealing;

ArcSealing with(const std::string& domain, auto change) {
  ArcSealing sealing = by(domain);
  change(sealing);
  return sealing;
}

const std::string kOne = sealed(kMessage, "one.example");
const std::string kTwo = sealed(kOne, "two.example");
const std::string kUnchanged = "pass: unchanged since the first seal";

// The list's way: a new Subject and a footer, then its seal.
std::string changed_and_sealed(const std::string& message, const std::string& domain) {
  return sealed(replaced(message, "Subject:", "Subject: [list]") + "-- \r\nfooter\r\n", domain);
}

struct Case {
  std::string name;
  std::string message;
  std::string expect;
};
POSTERN_NAMED(Case)

class ArcMessages : public testing::TestWithParam<Case> {};

TEST_P(ArcMessages, AreJudged) { EXPECT_EQ(shown(Bench(GetParam().message).examine()), GetParam().expect); }

INSTANTIATE_TEST_SUITE_P(
    Chains, ArcMessages,
    testing::Values(
        Case{"no set", kMessage, "none"}, Case{"one set", kOne, kUnchanged},
        Case{"two sets", kTwo, kUnchanged},
        Case{"Ed25519", sealed(kOne, by("two.example", "ed")), kUnchanged},
        Case{"simple/simple", sealed(kOne, with("two.example", [](auto& s) { s.message.relaxed = false; })),
             kUnchanged},
        Case{"more fields on top", "Received: by x\r\nX: y\r\n" + kTwo, kUnchanged},
        Case{"changed on the way", changed_and_sealed(kOne, "lists.example"),
             "pass: unchanged since set 2 was sealed"},
        Case{"changed before the second of three",
             sealed(changed_and_sealed(kOne, "lists.example"), "two.example"),
             "pass: unchanged since set 2 was sealed"},
        Case{"l= over all of it",
             sealed(kMessage, with("one.example", [](auto& s) { s.message.length = 22; })), kUnchanged},
        Case{"not expired",
             sealed(kMessage, with("one.example", [](auto& s) { s.message.more = "x=1700000000"; })),
             kUnchanged},
        Case{"t= in the future",
             sealed(kMessage, with("one.example",
                                   [](auto& s) {
                                     s.more = "t=1800000000";
                                     s.message.more = "t=1800000000";
                                   })),
             kUnchanged},
        Case{"x= says nothing in a seal",
             sealed(kMessage, with("one.example", [](auto& s) { s.more = "x=1"; })), kUnchanged},
        Case{"cv=fail", sealed(kOne, with("two.example", [](auto& s) { s.cv = "fail"; })),
             "none: set 2 says that the chain was broken when it came there (cv=fail)"}));

const std::string kSignature = "fail: the message signature of set 2 by two.example: ";
const std::string kSeal1 = "fail: the seal of set 1 by one.example: ";
const std::string kSeal2 = "fail: the seal of set 2 by two.example: ";

INSTANTIATE_TEST_SUITE_P(
    Failures, ArcMessages,
    testing::Values(
        Case{"the body was changed", kTwo + "footer\r\n",
             kSignature + "body hash differs: the body was changed after signing"},
        Case{"a signed field was changed", replaced(kTwo, "Subject:  a", "Subject: b"),
             kSignature + "it does not verify: a signed header field was changed, or the key"},
        Case{"older results were changed",
             replaced(kTwo, "i=1; lists.example; spf=pass", "i=1; lists.example; spf=fail"),
             kSeal2 + "it does not verify: an ARC field was changed, or the key"},
        Case{
            "the seal says another cv=",
            replaced(sealed(kOne, with("two.example", [](auto& s) { s.cv = "none"; })), "cv=none", "cv=pass"),
            kSeal2 + "it does not verify: an ARC field was changed, or the key"},
        Case{
            "an older seal is not genuine",
            sealed(replaced(kOne, "d=one.example; s=s1; cv", "d=one.example;  s=s1; t=1; cv"), "two.example"),
            kSeal1 + "it does not verify: an ARC field was changed, or the key"},
        Case{"no key", sealed(kOne, by("two.example", "nobody")),
             kSignature + "key nobody._domainkey.two.example does not exist"},
        Case{"no key of an older seal", sealed(sealed(kMessage, by("one.example", "nobody")), "two.example"),
             kSeal1 + "key nobody._domainkey.one.example does not exist"},
        Case{"an expired message signature",
             sealed(kOne, with("two.example", [](auto& s) { s.message.more = "x=1699999999"; })),
             kSignature + "it is expired"},
        Case{"l= that covers a part",
             sealed(kOne, with("two.example", [](auto& s) { s.message.length = 4; })),
             kSignature + "l=4 leaves octets of the body uncovered"},
        Case{"rsa-sha1 in a message signature",
             replaced(kTwo, "i=2; a=rsa-sha256; c=", "i=2; a=rsa-sha1; c="),
             kSignature + "bh= is not a hash of 20 octets"},
        Case{"rsa-sha1 in a seal", replaced(kTwo, "i=2; a=rsa-sha256; d=", "i=2; a=rsa-sha1; d="),
             kSeal2 + "rsa-sha1 is not acceptable"},
        Case{"another kind of key",
             replaced(kTwo, "i=2; a=rsa-sha256; d=two.example; s=s1",
                      "i=2; a=rsa-sha256; d=two.example; s=ed"),
             kSeal2 + "key ed._domainkey.two.example: it is no key for rsa-sha256 (k=ed25519)"},
        Case{"structure", replaced(kTwo, "ARC-Seal: i=2", "ARC-Seal: i=3"), "fail: set 2 has no ARC-Seal"},
        Case{"a message signature without bh=", replaced(kTwo, " bh=", " xh="),
             kSignature + "bh= is missing"}));

INSTANTIATE_TEST_SUITE_P(
    Trouble, ArcMessages,
    testing::Values(Case{"the newest key", sealed(kOne, by("two.example", "slow")),
                         "temperror: TXT slow._domainkey.two.example: timeout"},
                    Case{"an older key", sealed(sealed(kMessage, by("one.example", "slow")), "two.example"),
                         "temperror: TXT slow._domainkey.one.example: timeout"},
                    Case{"what fails for certain fails",
                         sealed(sealed(kMessage, by("one.example", "slow")), "two.example") + "x\r\n",
                         kSignature + "body hash differs: the body was changed after signing"},
                    Case{"below trouble a seal can still fail",
                         sealed(sealed(kMessage, by("one.example", "nobody")), by("two.example", "slow")),
                         kSeal1 + "key nobody._domainkey.one.example does not exist"}));

std::string with_key(const std::string& record) {
  Bench bench(kOne);
  bench.zone = {};
  bench.zone.txt("s1._domainkey.one.example", record);
  return shown(bench.examine());
}

TEST(ArcKeys, AreJudgedAsThoseOfDkim) {  // RFC 8301 §3.2, RFC 6376 §3.6.1
  const std::string key =
      "fail: the message signature of set 1 by one.example: key s1._domainkey.one.example: ";
  EXPECT_EQ(with_key("v=DKIM1; p="), key + "it is revoked");
  EXPECT_EQ(with_key("v=DKIM2; p=AAAA"), key + "v= is not DKIM1, or not its first tag");
  EXPECT_EQ(with_key(support::DkimKey::rsa(512).record()), key + "RSA key of 512 bits");
  EXPECT_EQ(with_key(rsa().record() + "; h=sha1"), key + "it does not allow sha256 (h=)");
  EXPECT_EQ(with_key(rsa().record() + "; t=s"), kUnchanged);
  EXPECT_EQ(
      with_key(support::DkimKey::rsa(1024).record()),
      "fail: the message signature of set 1 by one.example: it does not verify: a signed header field was "
      "changed, or the key");
}

TEST(ArcKeys, AreTheOnesOfTheirKindAmongSeveralRecords) {  // RFC 6376 §3.6.2.2
  Bench bench(kOne);
  bench.zone = {};
  for (const std::string& record : {std::string("v=spf1 -all"), ed25519().record(), rsa().record()})
    bench.zone.txt("s1._domainkey.one.example", record);
  EXPECT_EQ(shown(bench.examine()), kUnchanged);
}

TEST(ArcKeys, AreNotLookedForBehindTheFourthRecord) {
  for (const auto& [others, expect] : {std::pair(3, kUnchanged), std::pair(4, std::string("fail"))}) {
    Bench bench(kOne);
    bench.zone = {};
    for (int i = 0; i < others; ++i)
      bench.zone.txt("s1._domainkey.one.example", "v=DKIM1; p=" + std::to_string(i));
    bench.zone.txt("s1._domainkey.one.example", rsa().record());
    EXPECT_EQ(shown(bench.examine()).substr(0, expect.size()), expect);
  }
}

TEST(ArcKeys, MayNotBeTooLong) {
  EXPECT_EQ(with_key(support::DkimKey::rsa(4104).record()),
            "fail: the message signature of set 1 by one.example: key s1._domainkey.one.example: RSA key of "
            "4104 bits is "
            "too long to check");
}

struct Trusted {
  std::string name;
  std::string message;
  std::vector<std::string> trusted;
  std::string expect;
};
POSTERN_NAMED(Trusted)

class ArcTrust : public testing::TestWithParam<Trusted> {};

TEST_P(ArcTrust, IsSaid) {
  Bench bench(GetParam().message);
  bench.trusted = GetParam().trusted;
  EXPECT_EQ(trust(bench.examine()), GetParam().expect);
}

const std::string kList = changed_and_sealed(kOne, "lists.example");

// A genuine set of the list on a message it has never seen, under a stranger's seal: the chain passes.
std::string replayed() {
  const std::string sets = kList.substr(0, kList.find("From: A"));
  return sealed(sets + "From: A <a@a.example>\r\nTo: b@b.example\r\nSubject: pay\r\n\r\nNow.\r\n",
                "three.example");
}

INSTANTIATE_TEST_SUITE_P(
    Table, ArcTrust,
    testing::Values(
        Trusted{"nobody is", kList, {}, "false"},
        Trusted{"the newest sealer", kList, {"lists.example"}, "true"},
        Trusted{"a domain is trusted, not those below it", kList, {"example"}, "false"},
        Trusted{"no chain", kMessage, {"lists.example"}, "false"},
        Trusted{"one below who changed it last", sealed(kList, "two.example"), {"lists.example"}, "true"},
        Trusted{"one below a stranger who changed it",
                changed_and_sealed(kList, "two.example"),
                {"lists.example"},
                "false"},
        Trusted{"one below the one who changed it last", kList, {"one.example"}, "false"},
        Trusted{"sets taken from other mail", replayed(), {"lists.example"}, "false"},
        Trusted{"a chain that fails", kList + "x\r\n", {"lists.example"}, "false"},
        Trusted{"From is not covered",
                sealed(kMessage, with("one.example", [](auto& s) { s.message.fields = {"To"}; })),
                {"one.example"},
                "false"},
        Trusted{"another Subject was put on top", "Subject: b\r\n" + kOne, {"one.example"}, "false"},
        Trusted{"another To was put on top", "To: c@c.example\r\n" + kOne, {"one.example"}, "true"},
        Trusted{"trouble with a trusted one",
                sealed(kOne, by("two.example", "slow")),
                {"two.example"},
                "troubled"},
        Trusted{"trouble above a trusted one",
                sealed(kOne, by("two.example", "slow")),
                {"one.example"},
                "troubled"},
        Trusted{"trouble of strangers", sealed(kOne, by("two.example", "slow")), {"three.example"}, "false"},
        Trusted{"trouble with an older message signature",
                sealed(sealed(kMessage, with("one.example", [](auto& s) { s.message.selector = "slow"; })),
                       "two.example"),
                {"one.example"},
                "troubled"},
        Trusted{"trouble below a trusted one",
                sealed(sealed(kMessage, with("one.example", [](auto& s) { s.message.selector = "slow"; })),
                       "two.example"),
                {"two.example"},
                "true"}));

TEST(ArcFilter, ReplayedSetsPassAndAreNamed) {  // why arc.result and arc.sealers alone are worth nothing
  EXPECT_EQ(shown(Bench(replayed()).examine()), "pass: unchanged since set 3 was sealed");
}

TEST(ArcFilter, LeavesItsFacts) {
  const Finding pass = Bench(kTwo).examine();
  EXPECT_EQ(std::get<Outcome>(support::fact(pass, "arc.result")->value), Outcome::pass);
  EXPECT_EQ(std::get<List>(support::fact(pass, "arc.sealers")->value), (List{"two.example", "one.example"}));
  const Finding fail = Bench(kTwo + "x\r\n").examine();
  EXPECT_EQ(std::get<Outcome>(support::fact(fail, "arc.result")->value), Outcome::fail);
  EXPECT_EQ(std::get<List>(support::fact(fail, "arc.sealers")->value), List{});
  const Finding trouble = Bench(sealed(kOne, by("two.example", "slow"))).examine();
  for (const char* name : {"arc.result", "arc.sealers"}) {
    ASSERT_TRUE(support::fact(trouble, name)->troubled()) << name;
    EXPECT_EQ(support::fact(trouble, name)->because,
              std::vector<std::string>{"TXT slow._domainkey.two.example: timeout"});
  }
}

TEST(ArcFilter, TellsOneFindingStepByStep) {
  Bench bench(sealed(changed_and_sealed(kOne, "lists.example"),
                     with("two.example", [](auto& s) { s.message.selector = "other"; })));
  bench.trusted = {"lists.example"};
  bench.zone.txt("other._domainkey.two.example", rsa().record());
  const Evidence evidence = bench.examine().evidence.at(0);
  EXPECT_EQ(evidence.method, "arc");
  EXPECT_EQ(evidence.property, "");
  EXPECT_EQ(evidence.value, "two.example");
  EXPECT_EQ(evidence.reason, "unchanged since set 2 was sealed; lists.example is trusted");
  EXPECT_EQ(*evidence.detail("instance"), "3");
  EXPECT_EQ(*evidence.detail("sealers"), "two.example lists.example one.example");
  EXPECT_EQ(*evidence.detail("oldest_pass"), "2");
  std::string steps;
  for (const Step& step : evidence.steps)
    steps +=
        std::string(2 * step.depth, ' ') + (step.asked ? step.asked->name : "-") + ": " + step.meaning + "\n";
  EXPECT_EQ(steps,
            "s1._domainkey.two.example: set 3, sealed by two.example: the seal verifies\n"
            "  other._domainkey.two.example: message signature: verifies\n"
            "s1._domainkey.lists.example: set 2, sealed by lists.example: the seal verifies; message "
            "signature: verifies; "
            "this sealer is trusted\n"
            "s1._domainkey.one.example: set 1, sealed by one.example: the seal verifies; message signature: "
            "it does not verify: a signed header field was changed, or the key\n");
}

TEST(ArcFilter, AFailNamesTheNewestSealer) {
  const Evidence structure = Bench(replaced(kTwo, "ARC-Seal: i=1", "ARC-Seal: i=9")).examine().evidence.at(0);
  EXPECT_EQ(structure.value, "one.example");
  EXPECT_EQ(structure.detail("oldest_pass"), nullptr);
  EXPECT_EQ(Bench(kMessage).examine().evidence.at(0).value, "");
}

TEST(ArcFilter, AsksAllKeysAtOnceAndEarly) {
  const auto filter = make_arc({});
  const std::string message = sealed(sealed(kMessage, by("one.example", "ed")),
                                     with("two.example", [](auto& s) { s.message.selector = "other"; }));
  Bench bench(std::make_shared<const Message>(message.substr(0, message.find("\r\n\r\n") + 2)));
  std::string names;
  for (const Question& question : filter->foresee(bench.facts, bench.answers)) {
    names += std::get<DnsQuestion>(question).name + " ";
    bench.answers.pin(std::get<DnsQuestion>(question), {});
  }
  EXPECT_EQ(names, "other._domainkey.two.example s1._domainkey.two.example ed._domainkey.one.example ");
  EXPECT_TRUE(filter->foresee(bench.facts, bench.answers).empty());
  EXPECT_TRUE(make_arc({})->foresee(Bench(replaced(kTwo, "cv=pass", "cv=none")).facts, {}).empty());
}

TEST(ArcFilter, WithoutABodyItSaysSo) {
  Bench bench(std::make_shared<const Message>("From: a@a.example\r\n"));
  EXPECT_EQ(shown(bench.examine()), "temperror: the message is not complete");
}

}  // namespace
}  // namespace filters::arc
