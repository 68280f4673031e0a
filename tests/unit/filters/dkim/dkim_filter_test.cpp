// What the filter says of messages signed here: outcomes, reasons, facts, questions, bounds.
#include "filters/dkim/dkim_filter.h"

#include <gtest/gtest.h>

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

const std::string kMessage =
    "From: A <a@a.example>\r\nTo: b@b.example\r\nSubject:  a\r\n  fold \r\n\r\nHello  you "
    "\r\nand\tyou\r\n\r\n\r\n";
constexpr std::int64_t kNow = 1'700'000'000;

const DkimKey& rsa() {
  static const DkimKey key = DkimKey::rsa();
  return key;
}
const DkimKey& ed25519() {
  static const DkimKey key = DkimKey::ed25519();
  return key;
}

support::AnswerBook book() {
  support::AnswerBook book;
  book.txt("s1._domainkey.a.example", rsa().record());
  book.txt("bare._domainkey.a.example", rsa().bare_record());
  book.txt("ed._domainkey.a.example", ed25519().record());
  book.txt("revoked._domainkey.a.example", "v=DKIM1; p=");
  book.txt("test._domainkey.a.example", "t=y; " + rsa().record().substr(sizeof "v=DKIM1;"));
  for (const auto& [name, status] :
       {std::pair("slow", DnsStatus::timeout), std::pair("ill", DnsStatus::servfail),
        std::pair("no", DnsStatus::refused), std::pair("bad", DnsStatus::bogus)})
    book.status(std::string(name) + "._domainkey.a.example", status);
  return book;
}

// Gives one octet at a time, so that every pair of octets is cut once.
class Drops final : public Octets {
 public:
  explicit Drops(std::string text) : text_(std::move(text)) {}
  std::uint64_t size() const override { return text_.size(); }
  std::string_view read(std::uint64_t offset, std::span<char>) const override {
    return std::string_view(text_).substr(std::min<std::uint64_t>(offset, text_.size()), 1);
  }

 private:
  std::string text_;
};

struct Bench {
  explicit Bench(const std::string& text) : Bench(Message::parse(text)) {}
  explicit Bench(std::shared_ptr<const Message> message) {
    facts.set("now", Time(std::chrono::seconds(kNow)));
    facts.set_message(std::move(message));
  }
  Finding examine(const Options& options = {}) {
    return support::examine(*make_dkim(options), facts, zone, answers);
  }

  support::AnswerBook zone = book();
  Vocabulary vocabulary = make_vocabulary();
  policy::Facts facts{vocabulary};
  policy::Answers answers;
};

std::string shown(const Finding& finding) {
  std::string text;
  for (const Evidence& evidence : finding.evidence) {
    text.append(text.empty() ? "" : "; ").append(name(evidence.outcome));
    if (!evidence.reason.empty()) text.append(": ").append(evidence.reason);
  }
  return text;
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  const std::size_t at = text.find(what);
  if (at == text.npos) throw std::logic_error("nothing to replace: " + what);
  return text.replace(at, what.size(), with);
}

DkimSigning by(const std::string& selector, const std::string& more = {}) {
  DkimSigning signing;
  signing.selector = selector;
  signing.more = more;
  return signing;
}

DkimSigning over(std::vector<std::string> fields) {
  DkimSigning signing;
  signing.fields = std::move(fields);
  return signing;
}

DkimSigning simple(std::optional<std::size_t> length = std::nullopt, const std::string& selector = "s1") {
  DkimSigning signing = by(selector);
  signing.relaxed = false;
  signing.length = length;
  return signing;
}

struct Case {
  std::string name;
  std::string message;
  std::string expect;
};
POSTERN_NAMED(Case)

class DkimMessages : public testing::TestWithParam<Case> {};

TEST_P(DkimMessages, AreJudged) { EXPECT_EQ(shown(Bench(GetParam().message).examine()), GetParam().expect); }

// Whatever way the octets come, the verdict is the same.
TEST_P(DkimMessages, AreJudgedTheSameInDrops) {
  const std::string& text = GetParam().message;
  const std::size_t end = text.find("\r\n\r\n") + 2;
  Bench bench(std::make_shared<Message>(text.substr(0, end), std::make_shared<Drops>(text), end + 2));
  EXPECT_EQ(shown(bench.examine()), GetParam().expect);
}

const std::string kBodyDiffers = "fail: body hash differs: the message was changed after signing";
const std::string kSignatureDiffers =
    "fail: the signature does not match: a signed header field was changed, or the key";

INSTANTIATE_TEST_SUITE_P(
    Table, DkimMessages,
    testing::Values(
        Case{"not signed", kMessage, "none"}, Case{"RSA, relaxed", dkim_signed(kMessage, rsa()), "pass"},
        Case{"RSA, simple", dkim_signed(kMessage, rsa(), simple()), "pass"},
        Case{"Ed25519, relaxed", dkim_signed(kMessage, ed25519(), by("ed")), "pass"},
        Case{"Ed25519, simple", dkim_signed(kMessage, ed25519(), simple({}, "ed")), "pass"},
        Case{"a bare RSAPublicKey in p=", dkim_signed(kMessage, rsa(), by("bare")), "pass"},
        Case{"an empty body, relaxed", dkim_signed("From: a@a.example\r\n\r\n", rsa()), "pass"},
        Case{"an empty body, simple", dkim_signed("From: a@a.example\r\n\r\n", rsa(), simple()), "pass"},
        Case{"a body without its last CRLF, relaxed", dkim_signed("From: a@a.example\r\n\r\nx", rsa()),
             "pass"},
        Case{"a body without its last CRLF, simple",
             dkim_signed("From: a@a.example\r\n\r\nx", rsa(), simple()), "pass"},
        Case{"white space changed, relaxed",
             replaced(dkim_signed(kMessage, rsa()), "Hello  you", "Hello you"), "pass"},
        Case{"white space changed, simple",
             replaced(dkim_signed(kMessage, rsa(), simple()), "Hello  you", "Hello you"), kBodyDiffers},
        Case{"body changed", replaced(dkim_signed(kMessage, rsa()), "Hello", "Hallo"), kBodyDiffers},
        Case{"subject changed", replaced(dkim_signed(kMessage, rsa()), "fold", "held"), kSignatureDiffers},
        Case{"a second From under an oversigned one",
             replaced(dkim_signed(kMessage, rsa()), "\r\nTo:", "\r\nFrom: x@x.example\r\nTo:"),
             kSignatureDiffers},
        Case{"a second Subject on top", "Subject: another\r\n" + dkim_signed(kMessage, rsa()),
             "policy: there is one more subject field than it covers"},
        Case{"a second From on top of one that is not oversigned",
             "From: x@x.example\r\n" + dkim_signed(kMessage, rsa(), over({"From", "To"})),
             "policy: there is one more from field than it covers"},
        Case{"two of a field, both signed",
             dkim_signed("To: c@b.example\r\n" + kMessage, rsa(), over({"From", "To", "To"})), "pass"},
        Case{"two of a field, none signed",
             dkim_signed("To: c@b.example\r\n" + kMessage, rsa(), over({"From"})), "pass"},
        Case{"two of a field that may occur often",
             "Received: x\r\n" + dkim_signed("Received: y\r\n" + kMessage, rsa(), over({"From", "Received"})),
             "pass"},
        Case{"another key", dkim_signed(kMessage, DkimKey::rsa()), kSignatureDiffers},
        Case{"no key", dkim_signed(kMessage, rsa(), by("none")),
             "permerror: key none._domainkey.a.example does not exist"},
        Case{"revoked", dkim_signed(kMessage, rsa(), by("revoked")),
             "permerror: key revoked._domainkey.a.example: it is revoked (p= is empty)"},
        Case{"key look-up timed out", dkim_signed(kMessage, rsa(), by("slow")),
             "temperror: TXT slow._domainkey.a.example: timeout"},
        Case{"key look-up failed", dkim_signed(kMessage, rsa(), by("ill")),
             "temperror: TXT ill._domainkey.a.example: servfail"},
        Case{"key look-up refused", dkim_signed(kMessage, rsa(), by("no")),
             "temperror: TXT no._domainkey.a.example: refused"},
        Case{"key look-up bogus", dkim_signed(kMessage, rsa(), by("bad")),
             "temperror: TXT bad._domainkey.a.example: bogus"},
        Case{"expired by the fact now", dkim_signed(kMessage, rsa(), by("s1", "x=1699999999")),
             "permerror: expired on 2023-11-14 22:13 UTC (x=)"},
        Case{"not expired by the fact now, long expired by the clock",
             dkim_signed(kMessage, rsa(), by("s1", "t=1600000000; x=1700000001")), "pass"},
        Case{"signed before there was DKIM", dkim_signed(kMessage, rsa(), by("s1", "t=1")), "pass"},
        Case{"signed in the year 33658", dkim_signed(kMessage, rsa(), by("s1", "t=999999999999")), "pass"},
        Case{"l= covers all", dkim_signed(kMessage, rsa(), simple(22)), "pass"},
        Case{"l= leaves one octet", dkim_signed(kMessage, rsa(), simple(21)),
             "policy: the signature leaves 1 octets of the body uncovered (l=21)"},
        Case{"l= leaves all", dkim_signed(kMessage, rsa(), simple(0)),
             "policy: the signature leaves 22 octets of the body uncovered (l=0)"},
        Case{"text behind what l= covers", dkim_signed(kMessage, rsa(), simple(22)) + "more\r\n",
             "policy: the signature leaves 10 octets of the body uncovered (l=22)"},
        Case{"l= and a wrong signature", replaced(dkim_signed(kMessage, rsa(), simple(5)), "fold", "held"),
             kSignatureDiffers},
        Case{"h= names the signature itself",
             dkim_signed("From: a@a.example\r\n\r\nx\r\n", rsa(),
                         over({"From", "DKIM-Signature", "DKIM-Signature", "From", "From"})),
             "pass"},
        Case{"over another signature",
             dkim_signed(dkim_signed(kMessage, rsa()), ed25519(),
                         [] {
                           auto s = over({"From", "DKIM-Signature", "From"});
                           s.selector = "ed";
                           return s;
                         }()),
             "pass; pass"},
        // libopendkim writes behind an array when h= covers every field there is and names more: for a
        // sanitizer
        Case{"over a signature that names every field and more",
             dkim_signed(dkim_signed("From: a@a.example\r\n\r\nx\r\n", rsa(),
                                     over({"DKIM-Signature", "DKIM-Signature", "From", "From", "From"})),
                         rsa(), over({"From", "DKIM-Signature", "From"})),
             "pass; " + kSignatureDiffers},
        Case{"one broken among good ones",
             "DKIM-Signature: v=1; d=x.example\r\n" +
                 dkim_signed(dkim_signed(kMessage, rsa()), ed25519(), by("ed")),
             "permerror: a= is missing; pass; pass"},
        Case{"NUL in the header section",
             replaced(dkim_signed(kMessage, rsa()), "fold", std::string(1, '\0')),
             "permerror: the header section holds NUL"},
        Case{"a line that is no field", replaced(dkim_signed(kMessage, rsa()), "\r\nTo:", "\r\njunk\r\nTo:"),
             "pass"},
        Case{"a signed field over 64 KiB",
             dkim_signed("From: a@a.example\r\nTo: " + std::string(70'000, 'x') + "\r\n\r\nx\r\n", rsa()),
             "pass"}));

TEST(DkimFilter, SaysWhatItJudged) {
  const Finding finding = Bench(dkim_signed(kMessage, ed25519(), by("ed"))).examine();
  ASSERT_EQ(finding.evidence.size(), 1u);
  EXPECT_EQ(finding.evidence[0].method, "dkim");
  EXPECT_EQ(finding.evidence[0].property, "header.d");
  EXPECT_EQ(finding.evidence[0].value, "a.example");
  EXPECT_EQ(*finding.evidence[0].detail("selector"), "ed");
  EXPECT_EQ(*finding.evidence[0].detail("algorithm"), "ed25519-sha256");
  EXPECT_EQ(*finding.evidence[0].detail("key_bits"), "256");
  EXPECT_EQ(finding.evidence[0].detail("identity"), nullptr);
  EXPECT_EQ(finding.evidence[0].detail("weak"), nullptr);
}

std::string steps(const std::string& message) {
  std::string text;
  const Finding finding = Bench(message).examine();
  for (const Step& step : finding.evidence.at(0).steps)
    text += (step.asked ? step.asked->name + ": " : "") + step.meaning + "\n";
  return text;
}

TEST(DkimFilter, TellsStepByStepHowItJudged) {
  EXPECT_EQ(steps(dkim_signed(kMessage, rsa())),
            "s1._domainkey.a.example: RSA key of 2048 bits\n"
            "hash of the body (relaxed) fits bh=\n"
            "signature over from:to:subject:from (relaxed) fits the key\n");
  EXPECT_EQ(steps(replaced(dkim_signed(kMessage, ed25519(), simple(5, "ed")), "Hello", "Hallo")),
            "ed._domainkey.a.example: Ed25519 key\n"
            "hash of 5 octets of the body (simple) differs from bh=\n"
            "signature over from:to:subject:from (simple) fits the key\n");
  EXPECT_EQ(steps(replaced(dkim_signed(kMessage, rsa(), by("s1", "t=1700003600")), "fold", "held")),
            "it was made 1 hour ahead of our clock (t=)\n"
            "s1._domainkey.a.example: RSA key of 2048 bits\n"
            "signature over from:to:subject:from (relaxed) does not fit the key\n");
  EXPECT_EQ(steps(dkim_signed(kMessage, rsa(), by("none"))),
            "none._domainkey.a.example: the name does not exist\n");
  EXPECT_EQ(steps(dkim_signed(kMessage, rsa(), by("slow"))),
            "slow._domainkey.a.example: the key could not be looked up\n");
  EXPECT_EQ(steps(dkim_signed(kMessage, rsa(), by("revoked"))),
            "revoked._domainkey.a.example: it is revoked (p= is empty)\n");
}

std::string remedy(const std::string& message) {
  const Finding finding = Bench(message).examine();
  const std::string* told = finding.evidence.at(0).detail("remedy");
  return told ? *told : "";
}

TEST(DkimFilter, TellsWhatWouldMakeItPass) {
  const std::string key =
      "publish the public key as TXT at none._domainkey.a.example, or sign with another selector";
  EXPECT_EQ(remedy(dkim_signed(kMessage, rsa())), "");
  EXPECT_EQ(remedy(dkim_signed(kMessage, rsa(), by("none"))), key);
  EXPECT_EQ(remedy(dkim_signed(kMessage, rsa(), by("slow"))), "the name servers of a.example must answer");
  EXPECT_EQ(remedy(dkim_signed(kMessage, rsa(), by("s1", "x=5"))),
            "sign anew, with an x= that leaves time for the way");
  EXPECT_EQ(remedy(dkim_signed(kMessage, rsa(), simple(5))), "sign without l=");
  EXPECT_EQ(remedy(replaced(dkim_signed(kMessage, rsa()), "Hello", "Hallo")),
            "let nothing on the way change the text or its encoding, or sign behind what does");
  EXPECT_EQ(remedy(replaced(dkim_signed(kMessage, rsa()), "fold", "held")),
            "publish the key that signs at s1._domainkey.a.example, and let nothing on the way change "
            "from:to:subject:from");
  EXPECT_EQ(remedy("Subject: another\r\n" + dkim_signed(kMessage, rsa())),
            "send one subject field, and name it twice in h=");
}

TEST(DkimFilter, TellsIdentityAndWeakness) {
  DkimSigning signing = over({"From"});
  signing.selector = "test";
  signing.more = "i=news@lists.a.example";
  const Evidence evidence = Bench(dkim_signed(kMessage, rsa(), signing)).examine().evidence.at(0);
  EXPECT_EQ(*evidence.detail("identity"), "news@lists.a.example");
  EXPECT_EQ(*evidence.detail("weak"),
            "the key is in test mode (t=y); another From could be added: h= names From no more often than it "
            "occurs");
}

TEST(DkimFilter, RefusesShortKeysAndSha1) {
  const DkimKey small = DkimKey::rsa(768);
  Bench bench(dkim_signed(kMessage, small, by("small")));
  bench.zone.txt("small._domainkey.a.example", small.record());
  EXPECT_EQ(shown(bench.examine()), "policy: RSA key of 768 bits: at least 1024 are wanted (RFC 8301 §3.2)");
  const std::string sha1 =
      "DKIM-Signature: v=1; a=rsa-sha1; d=a.example; s=s1; h=from; b=Zm9v; "
      "bh=MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=\r\n";
  EXPECT_EQ(shown(Bench(sha1 + kMessage).examine()),
            "policy: algorithm rsa-sha1 is not accepted (RFC 8301 §3.1)");
}

std::string facts_of(const Finding& finding) {
  std::string text;
  for (const char* name : {"dkim.result", "dkim.pass_domains", "dkim.count", "dkim.weak"}) {
    const policy::Fact* fact = support::fact(finding, name);
    text += fact->troubled() ? "(" + fact->because.front() + ") " : "";
    text += (fact->troubled() && fact->value == Value() ? "" : to_text(fact->value)) + " | ";
  }
  return text;
}

TEST(DkimFilter, LeavesFacts) {
  const std::string slow = "(TXT slow._domainkey.a.example: timeout) ";
  const auto of = [](const std::string& text) { return facts_of(Bench(text).examine()); };
  EXPECT_EQ(of(kMessage), "none |  | 0 | false | ");
  EXPECT_EQ(of(dkim_signed(kMessage, rsa())), "pass | a.example | 1 | false | ");
  EXPECT_EQ(of(dkim_signed(kMessage, rsa(), over({"From"}))), "pass | a.example | 1 | true | ");
  EXPECT_EQ(of(dkim_signed(kMessage, rsa(), by("test"))), "pass | a.example | 1 | true | ");
  EXPECT_EQ(of(dkim_signed(kMessage, rsa(), by("none"))), "permerror |  | 1 | false | ");
  EXPECT_EQ(of(dkim_signed(kMessage, rsa(), by("slow"))), slow + " | " + slow + " | 1 | " + slow + " | ");
  EXPECT_EQ(of(dkim_sign(kMessage, rsa(), by("slow")) + dkim_signed(kMessage, rsa())),
            "pass | " + slow + "a.example | 2 | " + slow + " | ");
  EXPECT_EQ(of(dkim_sign(kMessage, rsa(), by("s1")) + dkim_sign(kMessage, rsa(), by("none")) + kMessage),
            "pass | a.example | 2 | false | ");
}

TEST(DkimFilter, AsksForEachKeyOnceAndEarly) {
  const std::string text =
      dkim_sign(kMessage, rsa()) + dkim_sign(kMessage, rsa(), by("ed")) + dkim_signed(kMessage, rsa());
  Bench bench(std::make_shared<Message>(text.substr(0, text.find("\r\n\r\n") + 2)));
  const auto filter = make_dkim({});
  const std::vector<Question> wanted{DnsQuestion("s1._domainkey.a.example", RecordType::txt),
                                     DnsQuestion("ed._domainkey.a.example", RecordType::txt)};
  EXPECT_EQ(filter->foresee(bench.facts, bench.answers), wanted);
  bench.answers.pin(DnsQuestion("s1._domainkey.a.example", RecordType::txt), {});
  EXPECT_EQ(filter->foresee(bench.facts, bench.answers), std::vector<Question>{wanted[1]});
}

TEST(DkimFilter, JudgesTheFirstSignaturesOnly) {
  std::string text = kMessage;
  for (int i = 0; i < 4; ++i) text = dkim_signed(text, rsa());
  Options options;
  options.dkim_signatures = 3;
  Bench bench(text);
  const Finding finding = bench.examine(options);
  EXPECT_EQ(shown(finding), "pass; pass; pass");
  EXPECT_EQ(std::get<double>(support::fact(finding, "dkim.count")->value), 4.0);
  EXPECT_EQ(shown(Bench(dkim_signed(text, rsa(), over({"From", "DKIM-Signature"}))).examine(options)),
            "pass; pass; pass");
}

TEST(DkimFilter, HashesTheBodyInFewWays) {
  std::string text = kMessage;
  for (const std::size_t length : {22u, 21u, 20u}) text = dkim_sign(kMessage, rsa(), simple(length)) + text;
  Options options;
  options.dkim_body_hashes = 2;
  EXPECT_EQ(shown(Bench(text).examine(options)),
            "policy: the signature leaves 2 octets of the body uncovered (l=20); "
            "policy: the signature leaves 1 octets of the body uncovered (l=21); "
            "policy: too many ways to hash the body are asked for");
}

}  // namespace
}  // namespace filters::dkim
