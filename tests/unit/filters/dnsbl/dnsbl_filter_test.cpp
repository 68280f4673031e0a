// Lists of addresses, as evidence and as facts.  RFC 5782, RFC 8904
#include "filters/dnsbl/dnsbl_filter.h"

#include <gtest/gtest.h>

#include "filters/dnswl/dnswl_filter.h"
#include "filters/registry.h"
#include "tests/support/named.h"
#include "tests/unit/filters/dnsxl/bench.h"

namespace filters::dnsbl {
namespace {

using dnsxl::add_code;
using dnsxl::make_list;
using support::AnswerBook;

IpAddress ip(std::string_view text) { return IpAddress::parse(text).value(); }

AnswerBook zone() {
  AnswerBook book;
  add_code(book, "1.2.0.192.zen.example", "127.0.0.2");
  add_code(book, "2.2.0.192.zen.example", "127.0.0.4");
  add_code(book, "2.2.0.192.zen.example", "127.0.0.2");
  add_code(book, "2.2.0.192.zen.example", "127.0.0.11");
  add_code(book, "2.2.0.192.cop.example", "127.0.0.2");
  add_code(book, "3.2.0.192.zen.example", "127.0.0.99");
  add_code(book, "4.2.0.192.zen.example", "127.255.255.254");
  add_code(book, "5.2.0.192.zen.example", "127.0.0.2");
  add_code(book, "5.2.0.192.zen.example", "127.0.0.1");
  add_code(book, "6.2.0.192.zen.example", "198.51.100.7");
  book.status("7.2.0.192.zen.example", DnsStatus::timeout);
  add_code(book, "7.2.0.192.cop.example", "127.0.0.2");
  add_code(book, "8.2.0.192.cop.example", "127.0.0.3");
  add_code(book, "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.zen.example", "127.0.0.3");
  return book;
}

Options options() {
  Options options;
  options.dnsbl = {make_list("zen", "zen.example", {{"127.0.0.2-9", 3}, {"127.0.0.10-11", 1.5}}),
                   make_list("cop", "cop.example", {{"127.0.0.2", 2}, {"127.0.0.3", 0}})};
  options.dnswl = {make_list("good", "wl.example", {{"127.0.*.1", 1}, {"127.0.*.2-3", 4}})};
  return options;
}

struct Row {
  std::string name;
  std::string ip;
  double score;
  List listed;
  List codes;
  Outcome zen;
  std::string reason;
};
POSTERN_NAMED(Row)

class DnsblFilter : public testing::TestWithParam<Row> {
 protected:
  Finding examine(std::string_view client) {
    facts_.set("client.ip", ip(client));
    return support::examine(*make_dnsbl(options()), facts_, zone(), answers_);
  }
  static const Value& value(const Finding& finding, std::string_view fact) {
    return support::fact(finding, fact)->value;
  }

  const Vocabulary vocabulary_ = make_vocabulary();
  Facts facts_{vocabulary_};
  Answers answers_;
};

TEST_P(DnsblFilter, AddsUpWhatTheListsSay) {
  const Row& row = GetParam();
  const Finding finding = examine(row.ip);
  for (const FactValue& fact : finding.facts) EXPECT_TRUE(fact.fact.known()) << fact.name;
  EXPECT_EQ(value(finding, "dnsbl.score"), Value(row.score));
  EXPECT_EQ(value(finding, "dnsbl.listed"), Value(row.listed));
  EXPECT_EQ(value(finding, "dnsbl.codes"), Value(row.codes));
  ASSERT_EQ(finding.evidence.size(), 2u);
  const Evidence& evidence = finding.evidence.front();
  EXPECT_EQ(evidence.method, "dnsbl");
  EXPECT_EQ(evidence.property, "dns.zone");
  EXPECT_EQ(evidence.value, "zen.example");
  EXPECT_EQ(*evidence.detail("list"), "zen");
  EXPECT_EQ(name(evidence.outcome), name(row.zen));
  EXPECT_EQ(evidence.reason, row.reason);
}

using enum Outcome;

INSTANTIATE_TEST_SUITE_P(
    Table, DnsblFilter,
    testing::Values(
        Row{"listed",
            "192.0.2.1",
            3,
            {"zen"},
            {"zen:127.0.0.2"},
            fail,
            "zen lists 192.0.2.1: 127.0.0.2 counts 3"},
        Row{"by both, and each weight once",
            "192.0.2.2",
            6.5,
            {"zen", "cop"},
            {"zen:127.0.0.4", "zen:127.0.0.2", "zen:127.0.0.11", "cop:127.0.0.2"},
            fail,
            "zen lists 192.0.2.2: 127.0.0.4, 127.0.0.2, 127.0.0.11 count 4.5"},
        Row{"an IPv6 address",
            "2001:db8::1",
            3,
            {"zen"},
            {"zen:127.0.0.3"},
            fail,
            "zen lists 2001:db8::1: 127.0.0.3 counts 3"},
        Row{"not listed", "192.0.2.200", 0, {}, {}, none, "zen does not list 192.0.2.200"},
        Row{"a code that is not configured",
            "192.0.2.3",
            0,
            {},
            {},
            none,
            "zen answers 127.0.0.99 for 192.0.2.3, which is not among its codes"},
        Row{"an error code",
            "192.0.2.4",
            0,
            {},
            {},
            temperror,
            "zen answers 127.255.255.254 (asked through an open resolver), which is an error: it counts as "
            "not listing"},
        Row{"an error code beside a listing",
            "192.0.2.5",
            0,
            {},
            {},
            temperror,
            "zen answers 127.0.0.1, which is an error: it counts as not listing"},
        Row{"an address that is no code",
            "192.0.2.6",
            0,
            {},
            {},
            temperror,
            "zen answers 198.51.100.7, which is an error: it counts as not listing"},
        Row{"a list that does not answer",
            "192.0.2.7",
            2,
            {"cop"},
            {"cop:127.0.0.2"},
            temperror,
            "zen does not answer (timeout): it counts as not listing"},
        Row{"a weight of nothing is a listing all the same",
            "192.0.2.8",
            0,
            {"cop"},
            {"cop:127.0.0.3"},
            none,
            "zen does not list 192.0.2.8"}));

TEST_F(DnsblFilter, AsksAllListsAtOnce) {
  facts_.set("client.ip", ip("192.0.2.1"));
  const Finding finding = make_dnsbl(options())->examine(facts_, answers_);
  EXPECT_EQ(finding.questions, (std::vector<Question>{DnsQuestion("1.2.0.192.zen.example", RecordType::a),
                                                      DnsQuestion("1.2.0.192.cop.example", RecordType::a)}));
}

TEST_F(DnsblFilter, TellsItsSteps) {
  const Finding finding = examine("192.0.2.2");
  const std::vector<Step>& steps = finding.evidence.front().steps;
  ASSERT_EQ(steps.size(), 1u);
  EXPECT_EQ(*steps[0].asked, DnsQuestion("2.2.0.192.zen.example", RecordType::a));
  EXPECT_EQ(steps[0].meaning, "127.0.0.2-9 counts 3, 127.0.0.10-11 counts 1.5");
  EXPECT_EQ(*finding.evidence.front().detail("codes"), "127.0.0.4, 127.0.0.2, 127.0.0.11");
  EXPECT_EQ(*finding.evidence.front().detail("score"), "4.5");
}

TEST_F(DnsblFilter, DoesNotAskWhatIsSetAside) {
  facts_.set("dns_lists.set_aside", List{"zen: it lists 127.0.0.1", "other: it does not answer"});
  const Finding finding = examine("192.0.2.2");
  EXPECT_EQ(value(finding, "dnsbl.score"), Value(2.0));
  EXPECT_EQ(value(finding, "dnsbl.listed"), Value(List{"cop"}));
  EXPECT_EQ(answers_.all().size(), 1u);
  EXPECT_EQ(name(finding.evidence.front().outcome), "temperror");
  EXPECT_EQ(finding.evidence.front().reason, "zen is set aside, and was not asked: it lists 127.0.0.1");
}

TEST_F(DnsblFilter, TakesTheNameOfAListWhole) {
  facts_.set("dns_lists.set_aside", List{"zen2: it lists 127.0.0.1", "ze: it lists 127.0.0.1"});
  EXPECT_EQ(value(examine("192.0.2.1"), "dnsbl.listed"), Value(List{"zen"}));
}

TEST_F(DnsblFilter, CountsWhatItWasAnsweredWhenItMayAskNoMore) {
  facts_.set("client.ip", ip("192.0.2.2"));
  const DnsQuestion asked("2.2.0.192.cop.example", RecordType::a);
  answers_.pin(asked, zone().answer(asked));
  const Finding finding = make_dnsbl(options())->conclude(facts_, answers_, "no time left");
  EXPECT_TRUE(finding.questions.empty());
  EXPECT_EQ(value(finding, "dnsbl.score"), Value(2.0));
  EXPECT_EQ(finding.evidence.front().reason, "zen was not asked in time: it counts as not listing");
}

TEST_F(DnsblFilter, IsInTroubleWithoutAClient) {
  const Finding finding = make_dnsbl(options())->examine(facts_, answers_);
  EXPECT_TRUE(support::fact(finding, "dnsbl.score")->troubled());
}

TEST_F(DnsblFilter, HidesTheKey) {
  Options with_key = options();
  dnsxl::DnsList& list = with_key.dnsbl.front();
  list.zone = "s3cret.zen.example";
  list.secret_octets = 6;
  facts_.set("client.ip", ip("192.0.2.1"));
  const auto filter = make_dnsbl(with_key);
  const Finding asks = filter->examine(facts_, answers_);
  const auto& asked = std::get<DnsQuestion>(asks.questions.front());
  EXPECT_EQ(asked.name, "1.2.0.192.s3cret.zen.example");
  EXPECT_EQ(asked.shown(), "1.2.0.192.{key}.zen.example");
  const Finding finding = support::examine(*filter, facts_, zone(), answers_);
  EXPECT_EQ(finding.evidence.front().value, "{key}.zen.example");
  EXPECT_EQ(finding.evidence.front().steps.front().asked->shown(), "1.2.0.192.{key}.zen.example");
  EXPECT_EQ(answers_.all().rbegin()->first.shown().find("s3cret"), std::string::npos);
}

TEST_F(DnsblFilter, BelongsToTheSession) {
  EXPECT_EQ(make_dnsbl({})->owner(), Owner::session);
  for (const FactSpec& spec : facts()) EXPECT_EQ(spec.owner, Owner::session);
  EXPECT_EQ(dnswl::make_dnswl({})->owner(), Owner::session);
  for (const FactSpec& spec : dnswl::facts()) EXPECT_EQ(spec.owner, Owner::session);
}

TEST_F(DnsblFilter, OfGoodAddressesPasses) {
  AnswerBook book;
  add_code(book, "1.2.0.192.wl.example", "127.0.5.2");
  facts_.set("client.ip", ip("192.0.2.1"));
  const Finding finding = support::examine(*dnswl::make_dnswl(options()), facts_, book, answers_);
  EXPECT_EQ(value(finding, "dnswl.score"), Value(4.0));
  EXPECT_EQ(value(finding, "dnswl.listed"), Value(List{"good"}));
  EXPECT_EQ(value(finding, "dnswl.codes"), Value(List{"good:127.0.5.2"}));
  EXPECT_EQ(finding.evidence.front().method, "dnswl");
  EXPECT_EQ(name(finding.evidence.front().outcome), "pass");
}

}  // namespace
}  // namespace filters::dnsbl
