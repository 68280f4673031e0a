// Forward-confirmed reverse DNS, as evidence and as facts.  RFC 8601 §2.7.3
#include "filters/rdns/rdns_filter.h"

#include <gtest/gtest.h>

#include "filters/registry.h"
#include "tests/support/answer_book.h"
#include "tests/support/named.h"

namespace filters::rdns {
namespace {

using support::AnswerBook;

IpAddress ip(std::string_view text) { return IpAddress::parse(text).value(); }

void add_address(AnswerBook& book, const std::string& name, std::string_view address) {
  const IpAddress its = ip(address);
  book.add(name, its.is_v4() ? RecordType::a : RecordType::aaaa, {.text = {}, .address = its});
}

void add_name(AnswerBook& book, const std::string& reversed, const std::string& name) {
  book.add(reversed, RecordType::ptr, {.text = name, .address = {}});
}

constexpr auto kV6 = "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa";

AnswerBook zone() {
  AnswerBook book;
  add_name(book, "1.2.0.192.in-addr.arpa", "mx.a.example");
  add_address(book, "mx.a.example", "192.0.2.1");
  add_name(book, kV6, "six.a.example");
  add_address(book, "six.a.example", "2001:db8::1");
  add_name(book, "2.2.0.192.in-addr.arpa", "mx.a.example");
  add_name(book, "4.2.0.192.in-addr.arpa", "gone.a.example");
  book.status("5.2.0.192.in-addr.arpa", DnsStatus::timeout);
  add_name(book, "6.2.0.192.in-addr.arpa", "slow.example");
  book.status("slow.example", DnsStatus::servfail);
  for (const auto* name : {"slow.example", "z.a.example", "b.a.example", "mx.a.example"})
    add_name(book, "7.2.0.192.in-addr.arpa", name);
  add_address(book, "z.a.example", "192.0.2.7");
  add_address(book, "b.a.example", "192.0.2.7");
  add_name(book, "8.2.0.192.in-addr.arpa", "two words.example");
  add_address(book, "two words.example", "192.0.2.8");
  add_name(book, "9.2.0.192.in-addr.arpa", std::string(64, 'x') + ".example");
  book.status("10.2.0.192.in-addr.arpa", RecordType::ptr, DnsStatus::nodata);
  for (char c = 'a'; c < 'k'; ++c)
    add_name(book, "11.2.0.192.in-addr.arpa", std::string(1, c) + ".many.example");
  add_name(book, "11.2.0.192.in-addr.arpa", "mx.many.example");
  add_address(book, "mx.many.example", "192.0.2.11");
  return book;
}

struct Row {
  std::string name;
  std::string ip;
  Outcome outcome;
  std::string client_name;  // "?": troubled
  std::string has_name;     // "yes", "no", "?"
  std::string reason;
};
POSTERN_NAMED(Row)

class RdnsFilter : public testing::TestWithParam<Row> {
 protected:
  const Vocabulary vocabulary_ = make_vocabulary();
  Facts facts_{vocabulary_};
  Answers answers_;
};

TEST_P(RdnsFilter, ConfirmsTheName) {
  const Row& row = GetParam();
  facts_.set("client.ip", ip(row.ip));
  const Finding finding = support::examine(*make_rdns({}), facts_, zone(), answers_);
  ASSERT_EQ(finding.evidence.size(), 1u);
  const Evidence& evidence = finding.evidence.front();
  EXPECT_EQ(evidence.method, "iprev");
  EXPECT_EQ(evidence.property, "policy.iprev");
  EXPECT_EQ(evidence.value, row.ip);
  EXPECT_EQ(name(evidence.outcome), name(row.outcome));
  EXPECT_EQ(evidence.reason, row.reason);
  const Fact& client_name = *support::fact(finding, "client.name");
  if (row.client_name == "?")
    EXPECT_TRUE(client_name.troubled());
  else
    EXPECT_EQ(to_text(client_name.value), row.client_name);
  const Fact& has_name = *support::fact(finding, "client.rdns");
  EXPECT_EQ(has_name.troubled(), row.has_name == "?");
  if (has_name.known()) EXPECT_EQ(has_name.value, Value(row.has_name == "yes"));
}

using enum Outcome;

INSTANTIATE_TEST_SUITE_P(
    Table, RdnsFilter,
    testing::Values(
        Row{"a name that has the address", "192.0.2.1", pass, "mx.a.example", "yes",
            "192.0.2.1 is mx.a.example, which has that address"},
        Row{"of IPv6", "2001:db8::1", pass, "six.a.example", "yes",
            "2001:db8::1 is six.a.example, which has that address"},
        Row{"a name that has another address", "192.0.2.2", fail, "", "yes",
            "192.0.2.2 is called mx.a.example, which does not have that address"},
        Row{"no name", "192.0.2.3", permerror, "", "no", "192.0.2.3 has no name in the DNS"},
        Row{"no name, though there is something", "192.0.2.10", permerror, "", "no",
            "192.0.2.10 has no name in the DNS"},
        Row{"a name that does not exist", "192.0.2.4", fail, "", "yes",
            "192.0.2.4 is called gone.a.example, which does not have that address"},
        Row{"the names cannot be looked up", "192.0.2.5", temperror, "?", "?",
            "PTR 5.2.0.192.in-addr.arpa: timeout"},
        Row{"the addresses cannot be looked up", "192.0.2.6", temperror, "?", "yes",
            "the addresses of slow.example could not be looked up"},
        Row{"of several the first of the alphabet, whatever else fails", "192.0.2.7", pass, "b.a.example",
            "yes", "192.0.2.7 is b.a.example, which has that address"},
        Row{"a name that is none of a host", "192.0.2.8", fail, "", "yes",
            "192.0.2.8 is called two words.example, which does not have that address"},
        Row{"what can be no name at all", "192.0.2.9", fail, "", "yes",
            "what 192.0.2.9 is called can be no name"},
        Row{"the eleventh name is not looked at", "192.0.2.11", fail, "", "yes",
            "192.0.2.11 is called a.many.example, b.many.example, c.many.example, d.many.example, "
            "e.many.example, f.many.example, g.many.example, h.many.example, i.many.example, "
            "j.many.example, which does not have that address"}));

TEST_F(RdnsFilter, TellsItsSteps) {
  facts_.set("client.ip", ip("192.0.2.7"));
  const Finding finding = support::examine(*make_rdns({}), facts_, zone(), answers_);
  const std::vector<Step>& steps = finding.evidence.front().steps;
  ASSERT_EQ(steps.size(), 5u);
  EXPECT_EQ(*steps[0].asked, DnsQuestion("7.2.0.192.in-addr.arpa", RecordType::ptr));
  EXPECT_EQ(steps[0].meaning, "names of the client: 4");
  EXPECT_EQ(*steps[1].asked, DnsQuestion("slow.example", RecordType::a));
  EXPECT_EQ(steps[1].meaning, "passed over: the look-up failed");
  EXPECT_EQ(steps[2].meaning, "confirmed: the client's address is among its own");
  EXPECT_EQ(steps[4].meaning, "not confirmed: the client's address is not among its own");
}

TEST_F(RdnsFilter, AsksForAllNamesAtOnce) {
  facts_.set("client.ip", ip("192.0.2.7"));
  const auto filter = make_rdns({});
  EXPECT_EQ(filter->examine(facts_, answers_).questions.size(), 1u);
  const DnsQuestion names("7.2.0.192.in-addr.arpa", RecordType::ptr);
  answers_.pin(names, zone().answer(names));
  EXPECT_EQ(filter->examine(facts_, answers_).questions.size(), 4u);
}

TEST_F(RdnsFilter, KeepsAConfirmedNameWhenItMayAskNoMore) {
  facts_.set("client.ip", ip("192.0.2.7"));
  const auto filter = make_rdns({});
  for (const DnsQuestion& one :
       {DnsQuestion("7.2.0.192.in-addr.arpa", RecordType::ptr), DnsQuestion("z.a.example", RecordType::a)})
    answers_.pin(one, zone().answer(one));
  Finding finding = filter->conclude(facts_, answers_, "no time left");
  EXPECT_EQ(to_text(support::fact(finding, "client.name")->value), "z.a.example");

  Answers none_confirmed;
  const DnsQuestion names("7.2.0.192.in-addr.arpa", RecordType::ptr);
  none_confirmed.pin(names, zone().answer(names));
  finding = filter->conclude(facts_, none_confirmed, "no time left");
  EXPECT_EQ(support::fact(finding, "client.name")->because, std::vector<std::string>{"no time left"});
  EXPECT_EQ(support::fact(finding, "client.rdns")->value, Value(true));

  finding = filter->conclude(facts_, {}, "no time left");
  EXPECT_TRUE(support::fact(finding, "client.rdns")->troubled());
}

TEST_F(RdnsFilter, IsInTroubleWithoutAClient) {
  const Finding finding = make_rdns({})->examine(facts_, answers_);
  EXPECT_TRUE(finding.questions.empty());
  EXPECT_TRUE(support::fact(finding, "client.name")->troubled());
}

TEST_F(RdnsFilter, BelongsToTheSession) {
  EXPECT_EQ(make_rdns({})->owner(), Owner::session);
  for (const FactSpec& spec : facts()) EXPECT_EQ(spec.owner, Owner::session);
}

}  // namespace
}  // namespace filters::rdns
