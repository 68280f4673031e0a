// exp=: whose explanation counts, what makes it none, and that it brings nothing but text.  RFC 7208 §6.2
#include "filters/spf/explanation.h"

#include <gtest/gtest.h>

#include "filters/registry.h"
#include "filters/spf/spf_filter.h"
#include "tests/support/answer_book.h"
#include "tests/support/named.h"

namespace filters::spf {
namespace {

using support::AnswerBook;

struct Row {
  std::string name;
  std::string text;  // at why.a.example
  std::string explanation;
};
POSTERN_NAMED(Row)

class SpfExplanation : public testing::TestWithParam<Row> {
 protected:
  SpfExplanation() {
    book_.txt("a.example", "v=spf1 exp=why.%{o} -all");
    facts_.set("client.ip", IpAddress::parse("192.0.2.7").value());
    facts_.set("helo.name", std::string("mx.client.example"));
    facts_.set("now", Time(std::chrono::seconds(1795573800)));
    sender("u@a.example");
    facts_.set_envelope(&envelope_);
  }

  void sender(const std::string& text) { envelope_.sender = Address::parse(text).value(); }

  Finding examine(bool named = true) {
    Options options{.hostname = "gate.example.com"};
    if (named) options.facts_named = {"spf.explanation"};
    return support::examine(*make_spf(options), facts_, book_, answers_);
  }
  std::string explanation(bool named = true) {
    const Finding finding = examine(named);
    const Fact& fact = *support::fact(finding, "spf.explanation");
    return fact.known() ? std::get<std::string>(fact.value) : "troubled: " + fact.because.front();
  }

  AnswerBook book_;
  const Vocabulary vocabulary_ = make_vocabulary();
  Facts facts_{vocabulary_};
  Envelope envelope_;
  Answers answers_;
};

TEST_P(SpfExplanation, IsReadStrictly) {
  book_.txt("why.a.example", GetParam().text);
  EXPECT_EQ(explanation(), GetParam().explanation);
}

INSTANTIATE_TEST_SUITE_P(
    Table, SpfExplanation,
    testing::Values(Row{"plain text with spaces", "Not  ours.", "Not  ours."}, Row{"an empty one", "", ""},
                    Row{"a dot at the end stays", "No.", "No."},
                    Row{"macros", "%{i} may not send for %{s}%_(%{d})",
                        "192.0.2.7 may not send for u@a.example (a.example)"},
                    Row{"macros for explanations only", "%{c} to %{r} at %{t}",
                        "192.0.2.7 to gate.example.com at 1795573800"},
                    Row{"URL escaping", "http://why.example/?s=%{S}&i=%{C}",
                        "http://why.example/?s=u%40a.example&i=192.0.2.7"},
                    Row{"the HELO name", "%{h}", "mx.client.example"},
                    Row{"a validated name that is none", "from %{p}", "from unknown"},
                    Row{"a macro that is none", "see %{x}", ""}, Row{"a percent sign alone", "100% sure", ""},
                    Row{"a brace that is never closed", "see %{i", ""},
                    Row{"octets above 127", "n\xc3\xa4h", ""},
                    Row{"a control octet", std::string("a\0b", 3), ""}, Row{"a line end", "a\r\n250 OK", ""},
                    Row{"more than anybody reads", std::string(4000, 'x'), std::string(500, 'x')}),
    [](const auto& info) { return std::to_string(info.index); });

TEST_F(SpfExplanation, IsNotLookedUpForNobody) {
  book_.txt("why.a.example", "No.");
  EXPECT_EQ(explanation(false), "troubled: not looked up: no rule names spf.explanation");
  EXPECT_FALSE(answers_.dns("why.a.example", RecordType::txt));
  const Finding finding = examine(false);
  EXPECT_EQ(finding.evidence.front().outcome, Outcome::fail) << "the finding is the same";
  EXPECT_EQ(explanation(true), "No.");
}

TEST_F(SpfExplanation, IsEmptyWhereNothingIsToExplain) {
  book_.txt("b.example", "v=spf1 ip4:192.0.2.7 exp=why.a.example -all");
  book_.txt("c.example", "v=spf1 -all");
  for (const char* from : {"u@b.example", "u@c.example", "u@none.example"}) {
    sender(from);
    EXPECT_EQ(explanation(false), "") << from;
    EXPECT_EQ(explanation(true), "") << from;
  }
  EXPECT_FALSE(answers_.dns("why.a.example", RecordType::txt));
}

TEST_F(SpfExplanation, IsThatOfTheRecordThatDecided) {
  book_.txt("why.a.example", "a");
  book_.txt("why.b.example", "%{d}");
  book_.txt("b.example", "v=spf1 exp=why.b.example -all");
  book_.txt("jump.example", "v=spf1 exp=why.a.example redirect=b.example");
  book_.txt("bare.example", "v=spf1 exp=why.a.example redirect=c.example");
  book_.txt("c.example", "v=spf1 -all");
  book_.txt("in.example", "v=spf1 include:b.example -all");
  const std::pair<std::string, std::string> rows[] = {
      {"u@jump.example", "b.example"}, {"u@bare.example", ""}, {"u@in.example", ""}};
  for (const auto& [from, wanted] : rows) {
    sender(from);
    EXPECT_EQ(explanation(), wanted) << from;
  }
}

TEST_F(SpfExplanation, ALookUpThatFailsIsNone) {
  const auto says = [&](const char* from) {
    sender(from);
    const Finding finding = examine();
    EXPECT_EQ(finding.evidence.front().outcome, Outcome::fail) << from;
    EXPECT_EQ(support::fact(finding, "spf.explanation")->value, Value(std::string())) << from;
    return finding.evidence.front().steps.back().meaning;
  };
  book_.status("why.a.example", DnsStatus::timeout);
  EXPECT_EQ(says("u@a.example"), "exp=: no explanation, timeout");
  book_.txt("b.example", "v=spf1 exp=none.example -all");
  EXPECT_EQ(says("u@b.example"), "exp=: no explanation, no TXT record");
  book_.txt("c.example", "v=spf1 exp=two.example -all");
  book_.txt("two.example", "one");
  book_.txt("two.example", "another");
  EXPECT_EQ(says("u@c.example"), "exp=: no explanation, several TXT records");
  book_.txt("d.example", "v=spf1 exp=%{l}..example -all");
  EXPECT_EQ(says("u@d.example"), "exp=: no explanation, what is named can be no name");
  book_.txt("e.example", "v=spf1 exp=" + std::string(400, 'x') + ".example -all");
  EXPECT_EQ(says("u@e.example"), "exp=: no explanation, its name is too long");
}

// The domain writes the text, and the client what its macros bring.
TEST_F(SpfExplanation, IsPrintableAsciiWhateverTheSenderBrings) {
  book_.txt("why.a.example", "for %{l} %{h}");
  sender("\"a\xc3\xa4 b\"@a.example");
  facts_.set("helo.name", std::string("x\r\n250 OK\0\x7f", 11));
  EXPECT_EQ(explanation(), "for a?? b x??250 OK??");
}

TEST_F(SpfExplanation, AsksForTheClientsNamesWhereItNeedsThem) {
  book_.txt("why.a.example", "connect from %{p}");
  book_.add("7.2.0.192.in-addr.arpa", RecordType::ptr, {.text = "h.a.example", .address = {}});
  book_.add("h.a.example", RecordType::a, {.text = {}, .address = IpAddress::parse("192.0.2.7").value()});
  EXPECT_EQ(explanation(), "connect from h.a.example");
}

// A fail does not hang on its explanation.
TEST_F(SpfExplanation, LeavesTheFailStandingWhenTimeIsOver) {
  const DnsQuestion record("a.example", RecordType::txt);
  answers_.pin(record, book_.answer(record));
  const DnsQuestion helo("mx.client.example", RecordType::txt);
  answers_.pin(helo, book_.answer(helo));
  const auto filter = make_spf({.hostname = "gate.example.com", .facts_named = {"spf.explanation"}});
  EXPECT_EQ(filter->examine(facts_, answers_).questions.size(), 1u);
  const Finding finding = filter->conclude(facts_, answers_, "too late");
  EXPECT_EQ(support::fact(finding, "spf.mailfrom")->value, Value(Outcome::fail));
  EXPECT_EQ(support::fact(finding, "spf.explanation")->because, std::vector<std::string>{"too late"});
}

}  // namespace
}  // namespace filters::spf
