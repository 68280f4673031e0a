// The HELO name as evidence and as facts.
#include "filters/helo/helo_filter.h"

#include <gtest/gtest.h>

#include "filters/registry.h"
#include "tests/support/answer_book.h"
#include "tests/support/named.h"

namespace filters::helo {
namespace {

using support::AnswerBook;

IpAddress ip(std::string_view text) { return IpAddress::parse(text).value(); }

void add_address(AnswerBook& book, const std::string& name, std::string_view address) {
  const IpAddress its = ip(address);
  book.add(name, its.is_v4() ? RecordType::a : RecordType::aaaa, {.text = {}, .address = its});
}

AnswerBook zone() {
  AnswerBook book;
  add_address(book, "mx.a.example", "192.0.2.1");
  add_address(book, "my_host.a.example", "192.0.2.1");
  add_address(book, "six.a.example", "2001:db8::1");
  book.add("mail.a.example", RecordType::mx, {.text = "mx.a.example", .address = {}, .preference = 10});
  book.add("null.a.example", RecordType::mx, {.text = "", .address = {}, .preference = 0});
  book.txt("text.a.example", "nothing else");
  book.status("slow.example", DnsStatus::timeout);
  book.status("half.example", RecordType::a, DnsStatus::servfail);
  add_address(book, "half.example", "2001:db8::1");
  book.status("broken.example", RecordType::aaaa, DnsStatus::servfail);
  book.status("broken.example", RecordType::a, DnsStatus::nodata);
  book.add("broken.example", RecordType::mx, {.text = "mx.a.example", .address = {}, .preference = 10});
  book.status("unsure.example", RecordType::mx, DnsStatus::refused);
  book.status("unsure.example", RecordType::a, DnsStatus::nodata);
  add_address(book, "mx1.example.com", "203.0.113.25");
  return book;
}

Options options() {
  Options options;
  options.hostname = "MX1.example.com";
  options.local_domains = {Domain::parse("example.com").value(),
                           Domain::parse("m\u00fcller.example").value()};
  options.own_addresses = {ip("203.0.113.5")};
  return options;
}

struct Row {
  std::string name;
  std::string said;
  bool valid;
  std::string resolves;  // "yes", "no" or why it is not known
  std::string ours;      // likewise
  Outcome outcome;
  std::string reason;
};
POSTERN_NAMED(Row)

class HeloFilter : public testing::TestWithParam<Row> {
 protected:
  HeloFilter() { facts_.set("client.ip", ip("192.0.2.1")); }
  Finding examine(const std::string& said) {
    facts_.set("helo.name", said);
    return support::examine(*make_helo(options()), facts_, zone(), answers_);
  }
  static std::string told(const Finding& finding, std::string_view name) {
    const Fact& fact = *support::fact(finding, name);
    if (fact.troubled()) return fact.because.front();
    return fact.value == Value(true) ? "yes" : "no";
  }

  const Vocabulary vocabulary_ = make_vocabulary();
  Facts facts_{vocabulary_};
  Answers answers_;
};

TEST_P(HeloFilter, JudgesTheName) {
  const Row& row = GetParam();
  const Finding finding = examine(row.said);
  EXPECT_EQ(told(finding, "helo.valid"), row.valid ? "yes" : "no");
  EXPECT_EQ(told(finding, "helo.resolves"), row.resolves);
  EXPECT_EQ(told(finding, "helo.ours"), row.ours);
  ASSERT_EQ(finding.evidence.size(), 1u);
  EXPECT_EQ(finding.evidence.front().property, "smtp.helo");
  EXPECT_EQ(finding.evidence.front().value, row.said);
  EXPECT_EQ(name(finding.evidence.front().outcome), name(row.outcome));
  EXPECT_EQ(finding.evidence.front().reason, row.reason);
}

using enum Outcome;
constexpr auto kInvalid = "it is neither a domain with a dot nor an address literal (RFC 5321 §4.1.1.1); ";

INSTANTIATE_TEST_SUITE_P(
    Table, HeloFilter,
    testing::Values(
        Row{"a host", "mx.a.example", true, "yes", "no", pass, "mx.a.example has an address"},
        Row{"a host with IPv6 alone", "six.a.example", true, "yes", "no", pass,
            "six.a.example has an address"},
        Row{"a mail domain", "mail.a.example", true, "yes", "no", pass, "mail.a.example has an MX"},
        Row{"a domain that takes no mail", "null.a.example", true, "no", "no", fail,
            "null.a.example has neither an address nor an MX"},
        Row{"a name with something else", "text.a.example", true, "no", "no", fail,
            "text.a.example has neither an address nor an MX"},
        Row{"a name that does not exist", "gone.a.example", true, "no", "no", fail,
            "gone.a.example does not exist"},
        Row{"a name that hangs", "slow.example", true, "A slow.example: timeout", "no", temperror,
            "A slow.example: timeout"},
        Row{"one answer is enough", "half.example", true, "yes", "no", pass, "half.example has an address"},
        Row{"an MX is enough, too", "broken.example", true, "yes", "no", pass, "broken.example has an MX"},
        Row{"an MX that cannot be looked up", "unsure.example", true, "MX unsure.example: refused", "no",
            temperror, "MX unsure.example: refused"},
        Row{"no domain", "localhost", false, "no", "no", fail,
            std::string(kInvalid) + "it is no name that could have an address"},
        Row{"an underscore, yet it exists", "my_host.a.example", false, "yes", "no", fail,
            std::string(kInvalid) + "my_host.a.example has an address"},
        Row{"the client's own address", "[192.0.2.1]", true, "yes", "no", pass,
            "it is the client's own address"},
        Row{"another address", "[192.0.2.9]", true, "no", "no", fail, "the client's address is 192.0.2.1"},
        Row{"without brackets", "192.0.2.1", false, "yes", "no", fail,
            std::string(kInvalid) + "it is the client's own address"},
        Row{"our host", "mx1.example.com", true, "yes", "yes", fail,
            "mx1.example.com has an address; mx1.example.com is a name of ours"},
        Row{"a domain of ours", "Example.COM", true, "no", "yes", fail,
            "example.com has neither an address nor an MX; example.com is a name of ours"},
        Row{"a domain of ours in other letters", "xn--mller-kva.example", true, "no", "yes", fail,
            "xn--mller-kva.example does not exist; xn--mller-kva.example is a name of ours"},
        Row{"below a domain of ours", "www.example.com", true, "no", "no", fail,
            "www.example.com does not exist"},
        Row{"an address we listen on", "[203.0.113.5]", true, "no", "yes", fail,
            "the client's address is 192.0.2.1; 203.0.113.5 is an address of ours"},
        Row{"the address that our name has", "[203.0.113.25]", true, "no", "yes", fail,
            "the client's address is 192.0.2.1; 203.0.113.25 is the address of MX1.example.com"},
        Row{"that address without brackets", "203.0.113.25", false, "no", "yes", fail,
            std::string(kInvalid) +
                "the client's address is 192.0.2.1; 203.0.113.25 is the address of MX1.example.com"},
        Row{"a loop", "[127.0.0.1]", true, "no", "yes", fail,
            "the client's address is 192.0.2.1; 127.0.0.1 is an address of ours"}));

TEST_F(HeloFilter, AsksForNothingMoreThanItNeeds) {
  facts_.set("helo.name", std::string("mx.a.example"));
  const Finding finding = make_helo(options())->examine(facts_, answers_);
  EXPECT_EQ(finding.questions, std::vector<Question>{DnsQuestion("mx.a.example", RecordType::a)});
  examine("mx.a.example");
  EXPECT_EQ(answers_.all().size(), 1u);
}

TEST_F(HeloFilter, TellsItsSteps) {
  const Finding finding = examine("mail.a.example");
  const std::vector<Step>& steps = finding.evidence.front().steps;
  ASSERT_EQ(steps.size(), 3u);
  EXPECT_EQ(*steps[0].asked, DnsQuestion("mail.a.example", RecordType::a));
  EXPECT_EQ(steps[0].meaning, "nothing there (nodata)");
  EXPECT_EQ(*steps[2].asked, DnsQuestion("mail.a.example", RecordType::mx));
  EXPECT_EQ(steps[2].meaning, "found");
}

TEST_F(HeloFilter, IsInTroubleWhereItMayAskNoMore) {
  facts_.set("helo.name", std::string("mx.a.example"));
  const Finding finding = make_helo(options())->conclude(facts_, {}, "no time left");
  EXPECT_TRUE(finding.questions.empty());
  EXPECT_EQ(told(finding, "helo.valid"), "yes");
  EXPECT_EQ(told(finding, "helo.resolves"), "no time left");
  EXPECT_EQ(told(finding, "helo.ours"), "no");
}

TEST_F(HeloFilter, IsInTroubleWithoutAName) {
  const Finding finding = make_helo(options())->examine(facts_, answers_);
  EXPECT_TRUE(support::fact(finding, "helo.valid")->troubled());
  EXPECT_TRUE(support::fact(finding, "helo.ours")->troubled());
}

TEST_F(HeloFilter, CannotTellALiteralWithoutAClient) {
  Facts facts(vocabulary_);
  facts.set("helo.name", std::string("[192.0.2.1]"));
  const Finding finding = support::examine(*make_helo(options()), facts, zone(), answers_);
  EXPECT_EQ(told(finding, "helo.resolves"), "client.ip is not known");
}

TEST_F(HeloFilter, CannotTellWhetherAnAddressIsOursWhileOurNameHangs) {
  AnswerBook book = zone();
  book.status("mx1.example.com", RecordType::aaaa, DnsStatus::timeout);
  facts_.set("helo.name", std::string("[IPv6:2001:db8::5]"));
  const Finding finding = support::examine(*make_helo(options()), facts_, book, answers_);
  EXPECT_EQ(told(finding, "helo.ours"), "AAAA mx1.example.com: timeout");
  EXPECT_EQ(told(finding, "helo.resolves"), "no");
}

}  // namespace
}  // namespace filters::helo
