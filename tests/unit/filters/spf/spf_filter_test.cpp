// The two identities of a transaction, as evidence and as facts.  RFC 7208 §2.3, §2.4
#include "filters/spf/spf_filter.h"

#include <gtest/gtest.h>

#include "filters/registry.h"
#include "tests/support/answer_book.h"
#include "tests/support/named.h"

namespace filters::spf {
namespace {

using support::AnswerBook;

AnswerBook zone() {
  AnswerBook book;
  book.txt("a.example", "v=spf1 ip4:192.0.2.1 include:b.example mx -all");
  book.txt("b.example", "v=spf1 a:c.example ~all");
  book.add("c.example", RecordType::a, {.text = {}, .address = IpAddress::parse("192.0.2.2").value()});
  book.add("a.example", RecordType::mx, {.text = "mx.a.example", .address = {}, .preference = 10});
  book.add("mx.a.example", RecordType::a, {.text = {}, .address = IpAddress::parse("192.0.2.3").value()});
  book.txt("mx.a.example", "v=spf1 a -all");
  book.txt("lone.example", "v=spf1 ip4:198.51.100.1");
  book.txt("loop.example", "v=spf1 include:loop.example -all");
  book.txt("local.example", "v=spf1 ip4:127.0.0.0/8 -all");
  book.txt("remote.example", "v=spf1 ip4:192.0.2.0/24 -all");
  book.txt("jump.example", "v=spf1 redirect=a.example");
  book.txt("twice.example", "v=spf1 -all");
  book.txt("twice.example", "v=spf1 +all");
  book.status("slow.example", DnsStatus::timeout);
  book.txt("hangs.example", "v=spf1 a:slow.example -all");
  return book;
}

struct Row {
  std::string name;
  std::string ip, helo, sender;
  Outcome mailfrom;
  std::string mechanism;
  Outcome for_helo;
  std::string value;  // of the mailfrom evidence
  std::string reason;
};
POSTERN_NAMED(Row)

class SpfFilter : public testing::TestWithParam<Row> {
 protected:
  SpfFilter() : facts_(vocabulary_) {}

  Finding examine(const Row& row) {
    if (!row.ip.empty()) facts_.set("client.ip", IpAddress::parse(row.ip).value());
    facts_.set("helo.name", row.helo);
    if (!row.sender.empty()) envelope_.sender = Address::parse(row.sender).value();
    facts_.set_envelope(&envelope_);
    const auto filter = make_spf({});
    return support::examine(*filter, facts_, zone(), answers_);
  }

  const Vocabulary vocabulary_ = make_vocabulary();
  Facts facts_;
  Envelope envelope_;
  Answers answers_;
};

TEST_P(SpfFilter, JudgesBothIdentities) {
  const Row& row = GetParam();
  const Finding finding = examine(row);
  ASSERT_EQ(finding.evidence.size(), 2u);
  const Evidence& mailfrom = finding.evidence[0];
  const Evidence& helo = finding.evidence[1];
  EXPECT_EQ(mailfrom.property, "smtp.mailfrom");
  EXPECT_EQ(mailfrom.value, row.value);
  EXPECT_EQ(name(mailfrom.outcome), name(row.mailfrom)) << mailfrom.reason;
  EXPECT_EQ(mailfrom.reason, row.reason);
  EXPECT_EQ(mailfrom.detail("mechanism") ? *mailfrom.detail("mechanism") : "", row.mechanism);
  EXPECT_EQ(helo.property, "smtp.helo");
  EXPECT_EQ(name(helo.outcome), name(row.for_helo)) << helo.reason;
  ASSERT_EQ(finding.facts.size(), facts().size());
  const Fact& fact = *support::fact(finding, "spf.mailfrom");
  EXPECT_EQ(fact.troubled(), row.mailfrom == Outcome::temperror);
  if (fact.known()) {
    EXPECT_EQ(fact.value, Value(row.mailfrom));
    EXPECT_EQ(support::fact(finding, "spf.mechanism")->value, Value(row.mechanism));
  } else {
    EXPECT_EQ(fact.because, std::vector<std::string>{row.reason});
    EXPECT_TRUE(support::fact(finding, "spf.mechanism")->troubled());
  }
}

using enum Outcome;

INSTANTIATE_TEST_SUITE_P(
    Table, SpfFilter,
    testing::Values(
        Row{"an address of the record", "192.0.2.1", "mx.a.example", "u@a.example", pass, "ip4:192.0.2.1",
            fail, "a.example", "192.0.2.1 is allowed by a.example: ip4:192.0.2.1 matched"},
        Row{"an address of an include", "192.0.2.2", "[192.0.2.2]", "u@a.example", pass, "include:b.example",
            none, "a.example",
            "192.0.2.2 is allowed by a.example: include:b.example matched (a:c.example of b.example)"},
        Row{"an address of an exchanger", "192.0.2.3", "mx.a.example", "u@a.example", pass, "mx", pass,
            "a.example", "192.0.2.3 is allowed by a.example: mx matched"},
        Row{"not allowed", "192.0.2.7", "localhost", "u@a.example", fail, "-all", none, "a.example",
            "192.0.2.7 is not allowed by a.example: -all matched"},
        Row{"probably not allowed", "192.0.2.7", "x", "u@b.example", softfail, "~all", none, "b.example",
            "192.0.2.7 is probably not allowed by b.example: ~all matched"},
        Row{"the end of the record", "192.0.2.7", "x", "u@lone.example", neutral, "default", none,
            "lone.example", "lone.example says nothing about 192.0.2.7: no mechanism matched"},
        Row{"a redirect names the term it led to", "192.0.2.3", "x", "u@jump.example", pass, "mx", none,
            "jump.example", "192.0.2.3 is allowed by jump.example: mx of a.example matched"},
        Row{"no record", "192.0.2.7", "x", "u@c.example", none, "", none, "c.example",
            "c.example has no SPF record"},
        Row{"two records", "192.0.2.7", "x", "u@twice.example", permerror, "", none, "twice.example",
            "twice.example publishes 2 SPF records, and only one is allowed (RFC 7208 §4.5)"},
        Row{"a loop", "192.0.2.7", "x", "u@loop.example", permerror, "", none, "loop.example",
            "include:loop.example of loop.example: more than 10 terms look up (RFC 7208 §4.6.4)"},
        Row{"a name that hangs", "192.0.2.7", "x", "u@slow.example", temperror, "", none, "slow.example",
            "TXT slow.example: timeout"},
        Row{"a term that hangs", "192.0.2.7", "slow.example", "u@hangs.example", temperror, "", temperror,
            "hangs.example", "a:slow.example of hangs.example: A slow.example: timeout"},
        Row{"bounces are checked for the HELO name", "192.0.2.3", "MX.a.example", "", pass, "a", pass,
            "mx.a.example", "192.0.2.3 is allowed by mx.a.example: a matched"},
        Row{"bounces under no domain", "192.0.2.3", "[192.0.2.3]", "", none, "", none, "[192.0.2.3]",
            "the HELO name can have no SPF record: [192.0.2.3]"},
        Row{"a sender at an address literal", "192.0.2.3", "x", "u@[192.0.2.3]", none, "", none,
            "u@[192.0.2.3]", "the sender's domain can have no SPF record"},
        Row{"a sender at one label", "192.0.2.3", "x", "u@localhost", none, "", none, "localhost",
            "the sender's domain can have no SPF record"},
        Row{"our own host has no free ride", "127.0.0.1", "x", "u@remote.example", fail, "-all", none,
            "remote.example", "127.0.0.1 is not allowed by remote.example: -all matched"},
        Row{"our own host where it is allowed", "127.9.9.9", "x", "u@local.example", pass, "ip4:127.0.0.0/8",
            none, "local.example", "127.9.9.9 is allowed by local.example: ip4:127.0.0.0/8 matched"},
        Row{"a mapped client is IPv4", "::ffff:192.0.2.1", "x", "u@a.example", pass, "ip4:192.0.2.1", none,
            "a.example", "192.0.2.1 is allowed by a.example: ip4:192.0.2.1 matched"}),
    [](const auto& info) { return std::to_string(info.index); });

TEST_F(SpfFilter, WithoutClientIsTroubled) {
  const Finding finding = examine({.name = {}, .ip = {}, .helo = "a.example", .sender = "u@a.example"});
  ASSERT_EQ(finding.facts.size(), facts().size());
  for (const FactValue& value : finding.facts) {
    EXPECT_TRUE(value.fact.troubled()) << value.name;
    EXPECT_EQ(value.fact.because, std::vector<std::string>{"client.ip is not known"});
  }
}

TEST_F(SpfFilter, KeepsTheDomainThroughTrouble) {
  const Finding finding = examine({.name = {}, .ip = "192.0.2.7", .helo = "x", .sender = "u@slow.example"});
  const Fact& domain = *support::fact(finding, "spf.domain");
  ASSERT_TRUE(domain.known());
  EXPECT_EQ(domain.value, Value(Domain::parse("slow.example").value()));
}

struct GivenUp {
  std::string name;
  std::string helo, sender;
  std::string answered;  // the only name that is
  std::string mailfrom, for_helo, domain;
};
POSTERN_NAMED(GivenUp)

class SpfGivenUp : public testing::TestWithParam<GivenUp> {};

// Whoever writes the records of one name takes nothing away from what is known of the other.
TEST_P(SpfGivenUp, KeepsWhatIsCertain) {
  const Vocabulary vocabulary = make_vocabulary();
  Facts facts(vocabulary);
  Envelope envelope;
  facts.set("client.ip", IpAddress::parse("192.0.2.7").value());
  facts.set("helo.name", GetParam().helo);
  if (!GetParam().sender.empty()) envelope.sender = Address::parse(GetParam().sender).value();
  facts.set_envelope(&envelope);
  Answers answers;
  if (!GetParam().answered.empty()) {
    const DnsQuestion question(GetParam().answered, RecordType::txt);
    answers.pin(question, zone().answer(question));
  }
  const Finding finding = make_spf({})->conclude(facts, answers, "too much");
  EXPECT_TRUE(finding.questions.empty());
  ASSERT_EQ(finding.facts.size(), filters::spf::facts().size());
  ASSERT_EQ(finding.evidence.size(), 2u);
  const auto said = [&](const char* name) {
    const Fact& fact = *support::fact(finding, name);
    return fact.troubled() ? "troubled: " + fact.because.front() : to_text(fact.value);
  };
  EXPECT_EQ(said("spf.mailfrom"), GetParam().mailfrom);
  EXPECT_EQ(said("spf.helo"), GetParam().for_helo);
  EXPECT_EQ(said("spf.domain"), GetParam().domain);
}

INSTANTIATE_TEST_SUITE_P(
    Table, SpfGivenUp,
    testing::Values(GivenUp{"the sender is known", "slow.example", "u@remote.example", "remote.example",
                            "pass", "troubled: too much", "remote.example"},
                    GivenUp{"the HELO name is known", "remote.example", "u@slow.example", "remote.example",
                            "troubled: too much", "pass", "slow.example"},
                    GivenUp{"none is known", "remote.example", "u@slow.example", "", "troubled: too much",
                            "troubled: too much", "slow.example"},
                    GivenUp{"a bounce", "slow.example", "", "", "troubled: too much", "troubled: too much",
                            "slow.example"}),
    [](const auto& info) { return std::to_string(info.index); });

}  // namespace
}  // namespace filters::spf
