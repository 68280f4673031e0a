// Lists of domains.  RFC 5782 §4
#include "filters/dbl/dbl_filter.h"

#include <gtest/gtest.h>

#include "filters/registry.h"
#include "tests/unit/filters/dnsxl/bench.h"

namespace filters::dbl {
namespace {

using dnsxl::add_code;
using dnsxl::Kind;
using dnsxl::make_list;
using support::AnswerBook;

AnswerBook zone() {
  AnswerBook book;
  add_code(book, "bad.example.dbl.example", "127.0.1.2");
  add_code(book, "host.worse.example.dbl.example", "127.0.1.4");
  add_code(book, "worse.example.org.example", "127.0.0.8");
  add_code(book, "error.example.dbl.example", "127.255.255.254");
  book.status("slow.example.dbl.example", DnsStatus::timeout);
  return book;
}

Options options() {
  Options options;
  options.dbl = {make_list("dbl", "dbl.example", {{"127.0.1.2", 3}, {"127.0.1.4", 4}}, Kind::domains),
                 make_list("org", "org.example", {{"127.0.0.8", 2}}, Kind::domains)};
  options.dbl.back().org_domain = true;
  return options;
}

class DblFilter : public testing::Test {
 protected:
  void set(std::string_view client, std::string_view helo, std::string_view sender) {
    facts_.set("client.name", Domain::parse(client).value_or(Domain()));
    facts_.set("helo.name", std::string(helo));
    facts_.set("sender.domain", Domain::parse(sender).value_or(Domain()));
  }
  void set_author(std::string_view domain) {
    facts_.set("from.domain", Domain::parse(domain).value_or(Domain()));
  }
  Finding envelope() { return support::examine(*make_dbl(options()), facts_, zone(), answers_); }
  Finding author() { return support::examine(*make_dbl_from(options()), facts_, zone(), answers_); }
  static const Value& value(const Finding& finding, std::string_view fact) {
    return support::fact(finding, fact)->value;
  }

  const Vocabulary vocabulary_ = make_vocabulary();
  Facts facts_{vocabulary_};
  Answers answers_;
};

TEST_F(DblFilter, AsksForEachDomainOfTheEnvelope) {
  set("mx.good.example", "bad.example", "host.worse.example");
  const Finding finding = envelope();
  EXPECT_EQ(value(finding, "dbl.client"), Value(List{}));
  EXPECT_EQ(value(finding, "dbl.helo"), Value(List{"dbl"}));
  EXPECT_EQ(value(finding, "dbl.sender"), Value(List{"dbl", "org"}));
  EXPECT_EQ(value(finding, "dbl.envelope_score"), Value(6.0));  // of dbl the heavier of two: 4; of org: 2
  ASSERT_EQ(finding.evidence.size(), 3u);
  const Evidence& sender = finding.evidence[2];
  EXPECT_EQ(sender.method, "dbl");
  EXPECT_EQ(sender.property, "smtp.mailfrom");
  EXPECT_EQ(sender.value, "host.worse.example");
  EXPECT_EQ(name(sender.outcome), "fail");
  EXPECT_EQ(sender.reason,
            "dbl lists host.worse.example: 127.0.1.4 counts 4; org lists worse.example: 127.0.0.8 counts 2");
  EXPECT_EQ(*sender.detail("codes"), "dbl:127.0.1.4, org:127.0.0.8");
  EXPECT_EQ(sender.steps.size(), 3u);
  EXPECT_EQ(finding.evidence[0].property, "policy.iprev");
  EXPECT_EQ(name(finding.evidence[0].outcome), "none");
  EXPECT_EQ(finding.evidence[0].reason, "no list has it");
  EXPECT_EQ(finding.evidence[1].property, "smtp.helo");
}

TEST_F(DblFilter, AsksForTheOrganisationalDomainWhereTheListWantsIt) {
  set("", "localhost", "a.b.worse.example");
  envelope();
  EXPECT_TRUE(answers_.dns("a.b.worse.example.dbl.example", RecordType::a));
  EXPECT_FALSE(answers_.dns("worse.example.dbl.example", RecordType::a));
  EXPECT_TRUE(answers_.dns("a.b.worse.example.org.example", RecordType::a));
  EXPECT_TRUE(answers_.dns("worse.example.org.example", RecordType::a));
}

TEST_F(DblFilter, AddsTheAuthor) {
  set("", "bad.example", "good.example");
  envelope();
  set_author("host.worse.example");
  const Finding finding = author();
  EXPECT_EQ(value(finding, "dbl.from"), Value(List{"dbl", "org"}));
  EXPECT_EQ(value(finding, "dbl.score"), Value(6.0));
  ASSERT_EQ(finding.evidence.size(), 1u);
  EXPECT_EQ(finding.evidence[0].property, "header.from");

  set_author("good.example");
  EXPECT_EQ(value(author(), "dbl.score"), Value(3.0));
}

TEST_F(DblFilter, AsksForNothingWhereThereIsNoDomain) {
  set("", "[192.0.2.1]", "");
  set_author("");
  const Finding finding = envelope();
  EXPECT_TRUE(answers_.all().empty());
  EXPECT_EQ(value(finding, "dbl.helo"), Value(List{}));
  EXPECT_EQ(finding.evidence[2].reason, "there is no domain to ask for");
  EXPECT_EQ(value(author(), "dbl.from"), Value(List{}));
}

TEST_F(DblFilter, CountsAListThatIsSilentOrInErrorAsNotListing) {
  set("", "slow.example", "error.example");
  const Finding finding = envelope();
  EXPECT_EQ(value(finding, "dbl.envelope_score"), Value(0.0));
  EXPECT_EQ(name(finding.evidence[1].outcome), "temperror");
  EXPECT_EQ(finding.evidence[1].reason, "dbl does not answer (timeout): it counts as not listing");
  EXPECT_EQ(name(finding.evidence[2].outcome), "temperror");
}

TEST_F(DblFilter, DoesNotAskWhatIsSetAside) {
  set("", "bad.example", "");
  facts_.set("dns_lists.set_aside", List{"dbl: it lists invalid"});
  const Finding finding = envelope();
  EXPECT_EQ(value(finding, "dbl.helo"), Value(List{}));
  EXPECT_EQ(finding.evidence[1].reason, "dbl is set aside, and was not asked: it lists invalid");
  EXPECT_FALSE(answers_.dns("bad.example.dbl.example", RecordType::a));
}

TEST_F(DblFilter, LeavesANameThatIsTooLongToBeAsked) {
  const std::string label(60, 'a');
  set("", label + "." + label + "." + label + "." + label + ".example", "");
  const Finding finding = envelope();
  EXPECT_EQ(answers_.all().size(), 1u);
  EXPECT_TRUE(answers_.dns(label + ".example.org.example", RecordType::a));
  EXPECT_EQ(value(finding, "dbl.helo"), Value(List{}));
}

TEST_F(DblFilter, CountsWhatItWasAnsweredWhenItMayAskNoMore) {
  set("", "bad.example", "host.worse.example");
  const DnsQuestion asked("bad.example.dbl.example", RecordType::a);
  answers_.pin(asked, zone().answer(asked));
  const Finding finding = make_dbl(options())->conclude(facts_, answers_, "no time left");
  EXPECT_TRUE(finding.questions.empty());
  EXPECT_EQ(value(finding, "dbl.helo"), Value(List{"dbl"}));
  EXPECT_EQ(value(finding, "dbl.envelope_score"), Value(3.0));
}

}  // namespace
}  // namespace filters::dbl
