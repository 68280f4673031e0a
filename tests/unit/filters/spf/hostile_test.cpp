// Records made to hurt: what ends libspf2, what it silently drops, what asks without end.
#include <gtest/gtest.h>

#include "filters/registry.h"
#include "filters/spf/check.h"
#include "filters/spf/macro.h"
#include "filters/spf/record.h"
#include "filters/spf/rewrite.h"
#include "filters/spf/spf_filter.h"
#include "tests/support/answer_book.h"

namespace filters::spf {
namespace {

using support::AnswerBook;

struct Checked {
  CheckResult result;
  std::size_t questions = 0;
};

Checked check(const AnswerBook& book, const std::string& domain, const std::string& client = "192.0.2.1",
              const std::string& local = "u", const std::string& helo = "mx.example") {
  const Check wanted{
      .client = IpAddress::parse(client).value(), .helo = helo, .local = local, .domain = domain};
  Answers answers;
  for (int round = 0; round < 32; ++round) {
    CheckResult result = check_host(wanted, answers);
    if (result.questions.empty()) return {std::move(result), answers.all().size()};
    for (const Question& question : result.questions)
      answers.pin(std::get<DnsQuestion>(question), book.answer(std::get<DnsQuestion>(question)));
  }
  ADD_FAILURE() << "not done after 32 rounds";
  return {};
}

std::string repeat(const std::string& text, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += text;
  return out;
}

TEST(SpfHostile, OverflowOfManyMacrosIsAnError) {  // CVE-2023-42118
  AnswerBook book;
  const std::string term = "a:" + repeat("%{d}", 127) + std::string(4000, 'x') + ".example";
  ASSERT_TRUE(parse_record("v=spf1 " + term)) << "the guard, not the grammar, must stop it";
  book.txt("a.example", "v=spf1 " + term + " -all");
  book.txt("r.example", "v=spf1 redirect=" + term.substr(2));
  for (const std::string domain : {"a.example", "r.example"}) {
    const Checked run = check(book, domain);
    EXPECT_EQ(run.result.outcome, Outcome::permerror);
    EXPECT_EQ(run.questions, 1u);
  }
}

TEST(SpfHostile, ATermHasItsBounds) {
  const IpAddress client = IpAddress::parse("192.0.2.1").value();
  const auto fits = [&](const std::string& spec) {
    return rewrite(*parse_record("v=spf1 exists:" + spec), client, 1).has_value();
  };
  EXPECT_TRUE(fits(std::string(372, 'x') + ".example"));
  EXPECT_FALSE(fits(std::string(373, 'x') + ".example"));
  EXPECT_TRUE(fits(repeat("%{d}", 16)));
  EXPECT_FALSE(fits(repeat("%{d}", 17)));
}

// libspf2 keeps 511 octets of compiled terms, drops what follows and says nothing.
TEST(SpfHostile, LongRecordsAreReadToTheirEnd) {
  AnswerBook book;
  std::string many = "v=spf1";
  for (int i = 0; i < 300; ++i)
    many += " ip4:10.0." + std::to_string(i / 100) + "." + std::to_string(i % 100);
  for (int i = 0; i < 99; ++i) many += " ip6:2001:db8:1111:2222:3333:4444:5555:" + std::to_string(i);
  book.txt("a.example", many + " -all");
  EXPECT_EQ(check(book, "a.example", "10.0.2.99").result.outcome, Outcome::pass);
  EXPECT_EQ(check(book, "a.example", "10.0.3.1").result.outcome, Outcome::fail);
  EXPECT_EQ(check(book, "a.example", "2001:db8:1111:2222:3333:4444:5555:98").result.outcome, Outcome::pass);
  EXPECT_EQ(check(book, "a.example", "2001:db8::98").result.outcome, Outcome::fail);
}

TEST(SpfHostile, TheLongestRewriteFitsTheLibrary) {
  AnswerBook book;
  std::string text = "v=spf1";
  for (int i = 0; i < 10; ++i) {
    const std::string name = "h" + std::to_string(i) + ".example";
    book.add(name, RecordType::aaaa, {.text = {}, .address = IpAddress::parse("2001:db8::1").value()});
    text += " a:" + name + "/24//127";
  }
  book.txt("a.example", text + " -ip6:2001:db8:ffff::/48 ~all");
  EXPECT_EQ(check(book, "a.example", "2001:db8:ffff::9").result.outcome, Outcome::fail);
  EXPECT_EQ(check(book, "a.example", "2001:db8:fffe::9").result.outcome, Outcome::softfail);
}

TEST(SpfHostile, ZeroPrefixesMatchEverythingOfTheirFamily) {
  AnswerBook book;
  book.add("h.example", RecordType::a, {.text = {}, .address = IpAddress::parse("203.0.113.1").value()});
  book.add("m.example", RecordType::mx, {.text = "h.example", .address = {}, .preference = 1});
  struct Row {
    std::string record;
    Outcome v4, v6;
  };
  const Row rows[] = {
      {"v=spf1 ip4:203.0.113.9/0 -all", Outcome::pass, Outcome::fail},
      {"v=spf1 ip6:2001:db8::/0 -all", Outcome::fail, Outcome::pass},
      {"v=spf1 ip6:::ffff:1.2.3.4/0 -all", Outcome::fail, Outcome::pass},
      {"v=spf1 ip6:::ffff:192.0.2.1 -all", Outcome::fail, Outcome::fail},
      {"v=spf1 a:h.example/0 -all", Outcome::pass, Outcome::fail},
      {"v=spf1 mx:m.example/0 -all", Outcome::pass, Outcome::fail},
      {"v=spf1 a:h.example//0 -all", Outcome::fail, Outcome::fail},
      {"v=spf1 a:none.example/0 -all", Outcome::fail, Outcome::fail},
  };
  for (const Row& row : rows) {
    AnswerBook with = book;
    with.txt("a.example", row.record);
    EXPECT_EQ(name(check(with, "a.example", "192.0.2.1").result.outcome), name(row.v4)) << row.record;
    EXPECT_EQ(name(check(with, "a.example", "2001:db8::1").result.outcome), name(row.v6)) << row.record;
  }
}

// Six levels of ten includes, each name with a record: unbounded, 111,111 questions.
TEST(SpfHostile, NestedRecordsStayWithinTheLimits) {
  AnswerBook book;
  const auto host = [](int level, int i) { return "n" + std::to_string(level * 10 + i) + ".example"; };
  for (int level = 0; level < 6; ++level)
    for (int i = 0; i < 10; ++i) {
      std::string text = "v=spf1";
      for (int k = 0; k < 10; ++k) text += " include:" + host(level + 1, k);
      book.txt(host(level, i), text + " ?all");
    }
  for (int i = 0; i < 10; ++i) book.txt(host(6, i), "v=spf1 ?all");
  const Checked run = check(book, host(0, 0));
  EXPECT_EQ(run.result.outcome, Outcome::permerror);
  EXPECT_LE(run.questions, 200u);
}

TEST(SpfHostile, TenExchangersTenTimesStayWithinTheLimits) {
  AnswerBook book;
  std::string text = "v=spf1";
  for (int i = 0; i < 10; ++i) {
    const std::string name = "m" + std::to_string(i) + ".example";
    for (int k = 0; k < 10; ++k)
      book.add(name, RecordType::mx, {.text = "h" + std::to_string(k) + "." + name, .address = {}});
    text += " mx:" + name;
  }
  book.txt("a.example", text + " -all");
  const Checked run = check(book, "a.example");
  EXPECT_EQ(run.result.outcome, Outcome::fail);
  EXPECT_LE(run.questions, 200u);
  book.add("m9.example", RecordType::mx, {.text = "one.too.many", .address = {}});
  EXPECT_EQ(check(book, "a.example").result.outcome, Outcome::permerror);
}

TEST(SpfHostile, VoidLookUpsAreCountedOverTheWhole) {
  AnswerBook book;
  book.txt("a.example", "v=spf1 a:x1.example include:b.example a:x3.example -all");
  book.txt("b.example", "v=spf1 exists:x2.example ?all");
  EXPECT_EQ(check(book, "a.example").result.outcome, Outcome::permerror);
  book.add("x2.example", RecordType::a, {.text = {}, .address = IpAddress::v4(1)});
  book.txt("c.example", "v=spf1 a:x1.example a:x3.example -all");
  EXPECT_EQ(check(book, "c.example").result.outcome, Outcome::fail);
}

// Ten of the longest records that can be would take 40 ms to read.
TEST(SpfHostile, RecordsHaveABoundInAll) {
  AnswerBook book;
  std::string longest = "v=spf1";
  while (longest.size() < 65'000) longest += " ip4:10.0.0.1";
  book.txt("a.example", longest + " -all");
  EXPECT_EQ(check(book, "a.example").result.outcome, Outcome::fail) << "one is read to its end";
  book.txt("b.example", "v=spf1 include:a.example ip4:192.0.2.1 -all");
  EXPECT_EQ(check(book, "b.example").result.outcome, Outcome::pass);
  book.txt("c.example", "v=spf1 include:b.example include:a.example -all");
  EXPECT_EQ(check(book, "c.example").result.outcome, Outcome::pass) << "the second is not reached";
  book.txt("d.example", "v=spf1 include:a.example include:a.example -all");
  EXPECT_EQ(check(book, "d.example").result.reason,
            "include:a.example of d.example: the SPF record of a.example: the records have more than 70000 "
            "octets in all (RFC 7208 §4.6)");
}

// "the %{p} macro": its PTR look-up is one of the ten, and is made once.  RFC 7208 §4.6.4
TEST(SpfHostile, TheNameOfTheClientCountsAsALookUp) {
  AnswerBook book;
  book.add("h.example", RecordType::a, {.text = {}, .address = IpAddress::v4(1)});
  book.add("unknown.x.example", RecordType::a, {.text = {}, .address = IpAddress::v4(1)});
  const auto record = [&](int plain, int named) {
    AnswerBook with = book;
    with.txt("a.example",
             "v=spf1" + repeat(" a:h.example", plain) + repeat(" a:%{p}.x.example", named) + " -all");
    return check(with, "a.example").result.outcome;
  };
  EXPECT_EQ(record(10, 0), Outcome::fail);
  EXPECT_EQ(record(8, 1), Outcome::fail);
  EXPECT_EQ(record(7, 2), Outcome::fail);
  EXPECT_EQ(record(9, 1), Outcome::permerror);
}

// Whoever is greeted with a HELO name chooses its records: they shall not use up what the sender's need.
TEST(SpfHostile, ACheckMayBeGivenFewerLookUps) {
  AnswerBook book;
  std::string text = "v=spf1";
  for (int i = 0; i < 4; ++i) {
    const std::string name = "m" + std::to_string(i) + ".example";
    for (int k = 0; k < 10; ++k)
      book.add(name, RecordType::mx, {.text = "h" + std::to_string(k) + "." + name, .address = {}});
    text += " mx:" + name;
  }
  book.txt("a.example", text + " -all");
  Check few{.client = IpAddress::parse("192.0.2.1").value(), .helo = "x", .domain = "a.example"};
  const auto outcome = [&](std::size_t look_ups) {
    few.look_ups = look_ups;
    Answers answers;
    for (;;) {
      const CheckResult result = check_host(few, answers);
      if (result.questions.empty()) return result.reason;
      for (const Question& question : result.questions)
        answers.pin(std::get<DnsQuestion>(question), book.answer(std::get<DnsQuestion>(question)));
    }
  };
  EXPECT_EQ(outcome(45), "192.0.2.1 is not allowed by a.example: -all matched");
  EXPECT_EQ(outcome(44), "mx:m3.example of a.example: takes more than 44 look-ups");
}

// The worst that is legal for the sender and for the HELO name together: within the bounds of the pipeline.
TEST(SpfHostile, BothIdentitiesTogetherAskAtMost200Questions) {
  AnswerBook book;
  for (const std::string zone : {"s.example", "h.example"}) {
    std::string text = "v=spf1 exp=why." + zone;
    for (int i = 0; i < 10; ++i) {
      const std::string name = "m" + std::to_string(i) + "." + zone;
      for (int k = 0; k < 10; ++k)
        book.add(name, RecordType::mx, {.text = "h" + std::to_string(k) + "." + name, .address = {}});
      text += " mx:" + name;
    }
    book.txt(zone, text + " -all");
    book.txt("why." + zone, "%{p}");
  }
  for (int k = 0; k < 12; ++k)
    book.add("1.2.0.192.in-addr.arpa", RecordType::ptr, {.text = "p" + std::to_string(k) + ".example"});
  const Vocabulary vocabulary = make_vocabulary();
  Facts facts(vocabulary);
  Envelope envelope;
  envelope.sender = Address::parse("u@s.example").value();
  facts.set("client.ip", IpAddress::parse("192.0.2.1").value());
  facts.set("helo.name", std::string("h.example"));
  facts.set_envelope(&envelope);
  Answers answers;
  const auto filter = make_spf({.hostname = "gate.example.com", .facts_named = {"spf.explanation"}});
  const Finding finding = support::examine(*filter, facts, book, answers);
  EXPECT_EQ(support::fact(finding, "spf.mailfrom")->value, Value(Outcome::fail));
  EXPECT_EQ(support::fact(finding, "spf.explanation")->value, Value(std::string("unknown")));
  EXPECT_TRUE(support::fact(finding, "spf.helo")->troubled());
  EXPECT_GT(answers.all().size(), 120u);
  EXPECT_LE(answers.all().size(), 200u);
}

TEST(SpfHostile, MorePointersThanTenAreIgnored) {
  AnswerBook book;
  const std::string reverse = "1.2.0.192.in-addr.arpa";
  const auto own = IpAddress::parse("192.0.2.1").value();
  for (int i = 0; i < 10; ++i)
    book.add(reverse, RecordType::ptr, {.text = "p" + std::to_string(i) + ".in.test"});
  book.add(reverse, RecordType::ptr, {.text = "late.a.example", .address = {}});
  book.add("late.a.example", RecordType::a, {.text = {}, .address = own});
  book.txt("a.example", "v=spf1 ptr -all");
  EXPECT_EQ(check(book, "a.example").result.outcome, Outcome::fail);
  book.add("p3.in.test", RecordType::a, {.text = {}, .address = own});
  book.txt("b.example", "v=spf1 ptr:in.test exists:%{p}.never -all");
  EXPECT_EQ(check(book, "b.example").result.mechanism, "ptr:in.test");
}

TEST(SpfHostile, HandlesCannotBeForged) {
  AnswerBook book;  // names that look like ours are names like any other
  book.txt("0.spf", "v=spf1 include:1.spf a:1.spf -all");
  book.txt("1.spf", "v=spf1 ip4:192.0.2.1 -all");
  EXPECT_EQ(check(book, "0.spf").result.outcome, Outcome::pass);
  EXPECT_EQ(check(book, "0.spf", "192.0.2.2").result.outcome, Outcome::fail);
}

TEST(SpfHostile, AnyOctetsMayComeFromTheSender) {
  AnswerBook book;
  book.txt("a.example", "v=spf1 exists:%{l}.%{h}.q.example exists:%{L}.q.example -all");
  for (const std::string& local : {std::string("a b%{d}/24 \0;\xff", 14), std::string(300, '.'),
                                   std::string(64, 'x'), std::string("'; --\r\n")}) {
    const Checked run = check(book, "a.example", "192.0.2.1", local, local);
    EXPECT_EQ(run.result.outcome, Outcome::fail) << run.result.reason;
  }
}

TEST(SpfMacros, ExpandAsTheRfcShows) {  // RFC 7208 §7.4
  MacroValues values;
  values.local = "strong-bad";
  values.sender_domain = values.domain = "email.example.com";
  values.helo = "mx.example.org";
  values.client = IpAddress::parse("192.0.2.3").value();
  const std::pair<std::string, std::string> rows[] = {
      {"%{s}", "strong-bad@email.example.com"},
      {"%{d4}", "email.example.com"},
      {"%{d2}", "example.com"},
      {"%{dr}", "com.example.email"},
      {"%{d2r}", "example.email"},
      {"%{l-}", "strong.bad"},
      {"%{lr}", "strong-bad"},
      {"%{lr-}", "bad.strong"},
      {"%{l1r-}", "strong"},
      {"%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com"},
      {"%{lr-}.lp.%{ir}.%{v}._spf.%{d2}", "bad.strong.lp.3.2.0.192.in-addr._spf.example.com"},
      {"%{d2}.trusted-domains.example.net", "example.com.trusted-domains.example.net"},
      {"%{S}.%%%_%-.", "strong-bad%40email.example.com.% %20"},
      {"%{d99999999999999999999}", "email.example.com"},
  };
  for (const auto& [spec, wanted] : rows) EXPECT_EQ(expand(spec, values), wanted) << spec;
  values.client = IpAddress::parse("2001:db8::cb01").value();
  EXPECT_EQ(expand("%{ir}.%{v}", values),
            "1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6");
}

TEST(SpfMacros, LoseLabelsInFrontBeyondTheLongestName) {
  MacroValues values;
  values.local = repeat("a.", 126) + "b";
  EXPECT_EQ(expand("%{l}.example", values), repeat("a.", 122) + "b.example");
  values.local = std::string(300, 'x') + ".y";  // a label that is too long goes as a whole
  EXPECT_EQ(expand("%{l}.example", values), "y.example");
  EXPECT_EQ(expand("%{l1}.%{l1r}", values), std::string(300, 'x')) << "and is no name where it is the last";
  values.local = repeat(".", 500);  // as it was: nothing but empty labels
  EXPECT_EQ(expand("%{l}x", values), std::string(252, '.') + "x");
}

}  // namespace
}  // namespace filters::spf
