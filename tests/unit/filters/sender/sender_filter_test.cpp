// Whether mail to the sender would have somewhere to go.  RFC 5321 §5.1, RFC 7505
#include "filters/sender/sender_filter.h"

#include <gtest/gtest.h>

#include "filters/registry.h"
#include "tests/support/answer_book.h"
#include "tests/support/named.h"

namespace filters::sender {
namespace {

using support::AnswerBook;

void add_address(AnswerBook& book, const std::string& name, std::string_view address) {
  const IpAddress its = IpAddress::parse(address).value();
  book.add(name, its.is_v4() ? RecordType::a : RecordType::aaaa, {.text = {}, .address = its});
}

void add_exchanger(AnswerBook& book, const std::string& name, const std::string& host,
                   std::uint16_t preference = 10) {
  book.add(name, RecordType::mx, {.text = host, .address = {}, .preference = preference});
}

AnswerBook zone() {
  AnswerBook book;
  add_address(book, "mx.a.example", "192.0.2.1");
  add_address(book, "six.a.example", "2001:db8::1");
  add_exchanger(book, "a.example", "mx.a.example");
  add_exchanger(book, "six.example", "six.a.example");
  add_address(book, "host.example", "192.0.2.2");
  add_address(book, "host6.example", "2001:db8::2");
  add_exchanger(book, "null.example", "", 0);
  add_exchanger(book, "mixed.example", "", 0);
  add_exchanger(book, "mixed.example", "mx.a.example", 5);
  add_exchanger(book, "nothing.example", "gone.a.example");
  add_exchanger(book, "nothing.example", "localhost");
  add_exchanger(book, "second.example", "gone.a.example", 1);
  add_exchanger(book, "second.example", "mx.a.example", 20);
  book.txt("text.example", "nothing else");
  book.status("slow.example", DnsStatus::timeout);
  add_exchanger(book, "hangs.example", "slow.example");
  add_exchanger(book, "rescued.example", "slow.example", 1);
  add_exchanger(book, "rescued.example", "mx.a.example", 2);
  book.status("implicit.example", RecordType::mx, DnsStatus::nodata);
  book.status("implicit.example", RecordType::a, DnsStatus::bogus);
  for (char c = 'a'; c < 'k'; ++c)
    add_exchanger(book, "many.example", std::string(1, c) + ".gone.example", 1);
  add_exchanger(book, "many.example", "mx.a.example", 2);
  add_exchanger(book, "xn--mller-kva.example", "mx.a.example");
  return book;
}

struct Row {
  std::string name;
  std::string sender;
  std::string resolves;  // a word of the choice, or why it is not known
  Outcome outcome;
  std::string reason;
};
POSTERN_NAMED(Row)

class SenderFilter : public testing::TestWithParam<Row> {
 protected:
  Finding examine(const std::string& sender, const AnswerBook& book = zone()) {
    facts_.set("sender.address", sender.empty() ? Address() : Address::parse(sender).value());
    return support::examine(*make_sender({}), facts_, book, answers_);
  }

  const Vocabulary vocabulary_ = make_vocabulary();
  Facts facts_{vocabulary_};
  Answers answers_;
};

TEST_P(SenderFilter, LooksForSomewhereToGo) {
  const Row& row = GetParam();
  const Finding finding = examine(row.sender);
  const Fact& fact = *support::fact(finding, "sender.resolves");
  EXPECT_EQ(fact.troubled() ? fact.because.front() : to_text(fact.value), row.resolves);
  ASSERT_EQ(finding.evidence.size(), 1u);
  EXPECT_EQ(finding.evidence.front().method, "sender");
  EXPECT_EQ(finding.evidence.front().property, "smtp.mailfrom");
  EXPECT_EQ(name(finding.evidence.front().outcome), name(row.outcome));
  EXPECT_EQ(finding.evidence.front().reason, row.reason);
}

using enum Outcome;

INSTANTIATE_TEST_SUITE_P(
    Table, SenderFilter,
    testing::Values(
        Row{"an exchanger", "u@a.example", "yes", pass, "mx.a.example has an address"},
        Row{"an exchanger with IPv6 alone", "u@six.example", "yes", pass, "six.a.example has an address"},
        Row{"no MX, but an address", "u@host.example", "yes", pass, "host.example has an address"},
        Row{"no MX, but an IPv6 address", "u@host6.example", "yes", pass, "host6.example has an address"},
        Row{"U-labels", "u@m\u00fcller.example", "yes", pass, "mx.a.example has an address"},
        Row{"null MX", "u@null.example", "null_mx", fail,
            "null.example says that it takes no mail (RFC 7505)"},
        Row{"a null MX beside others is none", "u@mixed.example", "yes", pass, "mx.a.example has an address"},
        Row{"an MX that points to nothing", "u@nothing.example", "no", fail,
            "no host that nothing.example names for its mail has an address"},
        Row{"one of several that has an address", "u@second.example", "yes", pass,
            "mx.a.example has an address"},
        Row{"neither MX nor address", "u@text.example", "no", fail,
            "text.example has neither an MX nor an address"},
        Row{"no such domain", "u@gone.example", "no", fail, "gone.example does not exist"},
        Row{"a domain that hangs", "u@slow.example", "MX slow.example: timeout", temperror,
            "MX slow.example: timeout"},
        Row{"an exchanger that hangs", "u@hangs.example", "A slow.example: timeout", temperror,
            "A slow.example: timeout"},
        Row{"another one does not", "u@rescued.example", "yes", pass, "mx.a.example has an address"},
        Row{"an address that cannot be believed", "u@implicit.example", "A implicit.example: bogus",
            temperror, "A implicit.example: bogus"},
        Row{"ten hosts are enough", "u@many.example", "no", fail,
            "no host that many.example names for its mail has an address"},
        Row{"one label", "u@localhost", "no", fail, "localhost is no domain that mail could go to"},
        Row{"a null sender", "", "yes", none, "a null sender wants no answer (RFC 5321 §4.5.5)"},
        Row{"an address literal", "u@[192.0.2.1]", "yes", pass, "an address literal needs no look-up"}));

TEST_F(SenderFilter, AsksForThePreferredHostFirst) {
  examine("u@second.example");
  EXPECT_EQ(answers_.all().size(), 4u);  // MX, the first host, both families of the second
  EXPECT_TRUE(answers_.dns("gone.a.example", RecordType::a));
  Answers usual;
  facts_.set("sender.address", Address::parse("u@a.example").value());
  support::examine(*make_sender({}), facts_, zone(), usual);
  EXPECT_EQ(usual.all().size(), 2u);
}

TEST_F(SenderFilter, TellsItsSteps) {
  const Finding finding = examine("u@second.example");
  const std::vector<Step>& steps = finding.evidence.front().steps;
  ASSERT_EQ(steps.size(), 3u);
  EXPECT_EQ(*steps[0].asked, DnsQuestion("second.example", RecordType::mx));
  EXPECT_EQ(steps[0].meaning, "MX: 2");
  EXPECT_EQ(*steps[1].asked, DnsQuestion("gone.a.example", RecordType::a));
  EXPECT_EQ(steps[1].meaning, "no address");
  EXPECT_EQ(steps[2].meaning, "an address");
}

TEST_F(SenderFilter, IsInTroubleWhereItMayAskNoMore) {
  facts_.set("sender.address", Address::parse("u@a.example").value());
  const Finding finding = make_sender({})->conclude(facts_, {}, "no time left");
  EXPECT_TRUE(finding.questions.empty());
  EXPECT_EQ(support::fact(finding, "sender.resolves")->because, std::vector<std::string>{"no time left"});
}

TEST_F(SenderFilter, IsInTroubleWithoutASender) {
  const Finding finding = make_sender({})->examine(facts_, answers_);
  EXPECT_TRUE(support::fact(finding, "sender.resolves")->troubled());
}

TEST_F(SenderFilter, TakesWhatIsNoAddressForNowhere) {
  facts_.set("sender.address", Address::odd("nobody"));
  const Finding finding = make_sender({})->examine(facts_, answers_);
  EXPECT_EQ(to_text(support::fact(finding, "sender.resolves")->value), "no");
}

}  // namespace
}  // namespace filters::sender
