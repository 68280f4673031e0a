// How a finding was made, step by step, and why it is what it is.
#include <gtest/gtest.h>

#include "filters/spf/check.h"
#include "tests/support/answer_book.h"
#include "tests/support/named.h"

namespace filters::spf {
namespace {

using support::AnswerBook;

AnswerBook zone() {
  AnswerBook book;
  const auto address = [&](const std::string& name, const char* text) {
    const auto parsed = IpAddress::parse(text).value();
    book.add(name, parsed.is_v4() ? RecordType::a : RecordType::aaaa, {.text = {}, .address = parsed});
  };
  const auto mx = [&](const std::string& name, const std::string& host) {
    book.add(name, RecordType::mx, {.text = host, .address = {}});
  };
  book.txt("a.example", "v=spf1 ip4:198.51.100.0/24 ip6:2001:db8::/32 include:b.example mx -all");
  book.txt("b.example", "v=spf1 a:one.b.example include:c.example ~all");
  book.txt("c.example", "v=spf1 exists:%{ir}.c.example ip4:192.0.2.9");
  address("one.b.example", "192.0.2.1");
  address("4.2.0.192.c.example", "127.0.0.2");
  mx("a.example", "mx1.a.example");
  mx("a.example", "mx2.a.example");
  address("mx1.a.example", "192.0.2.5");
  address("mx2.a.example", "192.0.2.6");
  book.txt("jump.example", "v=spf1 a:nothing.example redirect=b.example");
  book.txt("void.example", "v=spf1 a:x1.example mx:x2.example exists:x3.example -all");
  book.txt("lost.example", "v=spf1 include:nowhere.example -all");
  book.txt("off.example", "v=spf1 redirect=nowhere.example");
  book.txt("single.example", "v=spf1 include:%{l} -all");
  book.txt("wrong.example", "v=spf1 include:broken.example -all");
  book.txt("broken.example", "v=spf1 ipv4:192.0.2.1 -all");
  book.txt("slow.example", "v=spf1 mx -all");
  mx("slow.example", "hangs.example");
  book.status("hangs.example", DnsStatus::servfail);
  book.txt("named.example", "v=spf1 ptr -all");
  book.add("7.2.0.192.in-addr.arpa", RecordType::ptr, {.text = "h.named.example", .address = {}});
  book.add("7.2.0.192.in-addr.arpa", RecordType::ptr, {.text = "forged.named.example", .address = {}});
  address("h.named.example", "192.0.2.7");
  address("forged.named.example", "192.0.2.99");
  for (const char* i : {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}) {
    mx("many.example", std::string("h") + i + ".example");
    mx("more.example", std::string("h") + i + ".example");
    address(std::string("h") + i + ".example", "192.0.2.77");
  }
  mx("more.example", "h10.example");
  book.txt("mx.example", "v=spf1 mx:more.example -all");
  return book;
}

CheckResult check(const AnswerBook& book, const std::string& domain, const std::string& client) {
  const Check wanted{
      .client = IpAddress::parse(client).value(), .helo = "mx.example", .local = "user", .domain = domain};
  Answers answers;
  for (int round = 0; round < 32; ++round) {
    CheckResult result = check_host(wanted, answers);
    if (result.questions.empty()) return result;
    for (const Question& question : result.questions)
      answers.pin(std::get<DnsQuestion>(question), book.answer(std::get<DnsQuestion>(question)));
  }
  ADD_FAILURE() << "not done after 32 rounds";
  return {};
}

std::string told(const CheckResult& result) {
  std::string text;
  for (const Step& step : result.steps) {
    text += std::string(2 * step.depth, ' ');
    if (step.asked) text += step.asked->name + " " + std::string(name(step.asked->type)) + " | ";
    text += step.meaning + "\n";
  }
  return text;
}

struct Row {
  std::string name;
  std::string domain, client;
  std::string reason;
  std::string steps;
};
POSTERN_NAMED(Row)

class SpfSteps : public testing::TestWithParam<Row> {};

TEST_P(SpfSteps, TellTheWay) {
  const CheckResult result = check(zone(), GetParam().domain, GetParam().client);
  EXPECT_EQ(result.reason, GetParam().reason);
  EXPECT_EQ(told(result), GetParam().steps);
}

INSTANTIATE_TEST_SUITE_P(
    Table, SpfSteps,
    testing::Values(
        Row{"a network of the record", "a.example", "198.51.100.7",
            "198.51.100.7 is allowed by a.example: ip4:198.51.100.0/24 matched",
            "a.example TXT | SPF record found\n"
            "ip4:198.51.100.0/24 matches\n"},
        Row{"a term of an include", "a.example", "192.0.2.1",
            "192.0.2.1 is allowed by a.example: include:b.example matched (a:one.b.example of b.example)",
            "a.example TXT | SPF record found, 192.0.2.1 is in none of its 2 networks\n"
            "  b.example TXT | include:b.example: SPF record found\n"
            "  one.b.example A | a:one.b.example: 192.0.2.1 matches\n"
            "include:b.example matches\n"},
        Row{"a term of an include within an include", "a.example", "192.0.2.4",
            "192.0.2.4 is allowed by a.example: include:b.example matched (exists:%{ir}.c.example of "
            "c.example)",
            "a.example TXT | SPF record found, 192.0.2.4 is in none of its 2 networks\n"
            "  b.example TXT | include:b.example: SPF record found\n"
            "  one.b.example A | a:one.b.example: 192.0.2.4 does not match\n"
            "    c.example TXT | include:c.example: SPF record found, 192.0.2.4 is not in its network\n"
            "    4.2.0.192.c.example A | exists:%{ir}.c.example: there is an address, 192.0.2.4 matches\n"
            "  include:c.example matches\n"
            "include:b.example matches\n"},
        Row{"what an include says no to", "a.example", "192.0.2.6",
            "192.0.2.6 is allowed by a.example: mx matched",
            "a.example TXT | SPF record found, 192.0.2.6 is in none of its 2 networks\n"
            "  b.example TXT | include:b.example: SPF record found\n"
            "  one.b.example A | a:one.b.example: 192.0.2.6 does not match\n"
            "    c.example TXT | include:c.example: SPF record found, 192.0.2.6 is not in its network\n"
            "    6.2.0.192.c.example A | exists:%{ir}.c.example: no address (void look-up 1 of at most 2), "
            "192.0.2.6 does not match\n"
            "    no term matches\n"
            "  include:c.example does not match\n"
            "  ~all matches\n"
            "include:b.example does not match\n"
            "a.example MX | mx: 2 exchangers, 192.0.2.6 matches\n"
            "  mx1.a.example A | exchanger: 192.0.2.6 does not match\n"
            "  mx2.a.example A | exchanger: 192.0.2.6 matches\n"},
        Row{"a redirect", "jump.example", "192.0.2.8",
            "192.0.2.8 is probably not allowed by jump.example: ~all of b.example matched",
            "jump.example TXT | SPF record found\n"
            "nothing.example A | a:nothing.example: no address (void look-up 1 of at most 2), 192.0.2.8 does "
            "not match\n"
            "b.example TXT | redirect=b.example: SPF record found\n"
            "one.b.example A | a:one.b.example: 192.0.2.8 does not match\n"
            "  c.example TXT | include:c.example: SPF record found, 192.0.2.8 is not in its network\n"
            "  8.2.0.192.c.example A | exists:%{ir}.c.example: no address (void look-up 2 of at most 2), "
            "192.0.2.8 does not match\n"
            "  no term matches\n"
            "include:c.example does not match\n"
            "~all matches\n"},
        Row{"the third void look-up", "void.example", "192.0.2.8",
            "exists:x3.example of void.example: no address: void look-up 3 of at most 2 (RFC 7208 §4.6.4)",
            "void.example TXT | SPF record found\n"
            "x1.example A | a:x1.example: no address (void look-up 1 of at most 2), 192.0.2.8 does not "
            "match\n"
            "x2.example MX | mx:x2.example: no MX (void look-up 2 of at most 2), 192.0.2.8 does not match\n"
            "x3.example A | exists:x3.example: no address: void look-up 3 of at most 2: permerror\n"},
        Row{"an include without a record", "lost.example", "192.0.2.8",
            "include:nowhere.example of lost.example: nowhere.example has no SPF record (RFC 7208 §5.2)",
            "lost.example TXT | SPF record found\n"
            "nowhere.example TXT | include:nowhere.example: nowhere.example has no SPF record: permerror\n"},
        Row{"a redirect to nothing", "off.example", "192.0.2.8",
            "redirect=nowhere.example of off.example: nowhere.example has no SPF record (RFC 7208 §6.1)",
            "off.example TXT | SPF record found\n"
            "nowhere.example TXT | redirect=nowhere.example: nowhere.example has no SPF record: permerror\n"},
        Row{"an include of a single label is not asked for", "single.example", "192.0.2.8",
            "include:%{l} of single.example: \"user\" is no domain name (RFC 7208 §5.2)",
            "single.example TXT | SPF record found\n"
            "include:%{l}: \"user\" is no domain name: permerror\n"},
        Row{"a syntax error names the term and the record", "wrong.example", "192.0.2.8",
            "include:broken.example of wrong.example: the SPF record of broken.example: "
            "\"ipv4:192.0.2.1\": unknown mechanism (RFC 7208 §4.6)",
            "wrong.example TXT | SPF record found\n"
            "broken.example TXT | include:broken.example: the SPF record of broken.example: "
            "\"ipv4:192.0.2.1\": unknown mechanism: permerror\n"},
        Row{"an exchanger that hangs", "slow.example", "192.0.2.8",
            "mx of slow.example: A hangs.example: servfail",
            "slow.example TXT | SPF record found\n"
            "slow.example MX | mx: 1 exchanger\n"
            "  hangs.example A | A hangs.example: servfail: temperror\n"},
        Row{"too many exchangers", "mx.example", "192.0.2.8",
            "mx:more.example of mx.example: more.example has 11 MX names, and 10 are allowed (RFC 7208 "
            "§4.6.4)",
            "mx.example TXT | SPF record found\n"
            "more.example MX | mx:more.example: more.example has 11 MX names, and 10 are allowed: "
            "permerror\n"},
        Row{"names of the client", "named.example", "192.0.2.7",
            "192.0.2.7 is allowed by named.example: ptr matched",
            "named.example TXT | SPF record found\n"
            "  7.2.0.192.in-addr.arpa PTR | names of the client: 2\n"
            "  h.named.example A | confirmed: the client's address is among its own\n"
            "  forged.named.example A | not confirmed: the client's address is not among its own\n"
            "ptr: h.named.example is confirmed, 192.0.2.7 matches\n"},
        Row{"no record at all", "none.example", "192.0.2.7", "none.example has no SPF record",
            "none.example TXT | no SPF record\n"}),
    [](const auto& info) { return std::to_string(info.index); });

TEST(SpfRemedy, NamesTheRecordToChange) {
  const AnswerBook book = zone();
  EXPECT_EQ(check(book, "a.example", "192.0.2.77").remedy,
            "add ip4:192.0.2.77 to the SPF record of a.example if it may send");
  EXPECT_EQ(check(book, "jump.example", "192.0.2.77").remedy,
            "add ip4:192.0.2.77 to the SPF record of b.example if it may send");
  EXPECT_EQ(check(book, "none.example", "2001:db8::7").remedy,
            "publish an SPF record at none.example, such as v=spf1 ip6:2001:db8::7 -all");
  EXPECT_EQ(check(book, "a.example", "192.0.2.1").remedy, "");
  EXPECT_EQ(check(book, "lost.example", "192.0.2.1").remedy, "") << "the reason says what to mend";
}

TEST(SpfSteps, AreBounded) {
  AnswerBook book;
  std::string text = "v=spf1";
  for (int i = 0; i < 10; ++i) {
    const std::string name = "m" + std::to_string(i) + ".example";
    for (int k = 0; k < 10; ++k) {
      const std::string host = "h" + std::to_string(k) + "." + name;
      book.add(name, RecordType::mx, {.text = host, .address = {}});
      book.add(host, RecordType::a, {.text = {}, .address = IpAddress::v4(1)});
    }
    text += " mx:" + name;
  }
  book.txt("a.example", text + " -all");
  const CheckResult result = check(book, "a.example", "192.0.2.1");
  ASSERT_EQ(result.outcome, Outcome::fail);
  ASSERT_EQ(result.steps.size(), 41u);
  EXPECT_EQ(result.steps[30].meaning, "… and 72 more");  // of 1 record, 10 MX, 100 hosts and -all
  EXPECT_EQ(result.steps.back().meaning, "-all matches");
  EXPECT_EQ(result.steps.front().asked->name, "a.example");
}

TEST(SpfSteps, QuoteNoMoreOfARecordThanPeopleRead) {
  AnswerBook book;
  book.txt("a.example", "v=spf1 include:" + std::string(360, 'x') + ".example -all");
  const CheckResult result = check(book, "a.example", "192.0.2.1");
  ASSERT_EQ(result.outcome, Outcome::permerror);
  EXPECT_LE(result.reason.size(), 400u);
  for (const Step& step : result.steps) EXPECT_LE(step.meaning.size(), 300u);
}

}  // namespace
}  // namespace filters::spf
