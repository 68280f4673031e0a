// Records read back: written again they are the same, whatever stood in them.
#include "gateway/journal/decode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "filters/registry.h"

#include "gateway/journal/encode_session.h"
#include "gateway/journal/tell.h"
#include "gateway/pipeline/record.h"
#include "tests/support/desk_bench.h"
#include "tests/support/golden_message.h"
#include "tests/support/journal_entry.h"
#include "tests/support/named.h"
#include "tests/support/paths.h"

namespace gateway::journal {
namespace {

using support::sample_entry;
using support::SampleEntry;

const Vocabulary& vocabulary() {
  static const Vocabulary all = filters::make_vocabulary({});
  return all;
}

std::string written_again(const std::string& line) {
  const Result<Recorded> recorded = decode(line, vocabulary());
  if (!recorded) return recorded.error().text();
  if (recorded->session) return encode_session(recorded->session_entry());
  return encode_record(recorded->entry(), recorded->subject_mode());
}

TEST(Decode, gives_the_records_of_all_golden_messages) {
  for (const auto& eml : support::golden_messages()) {
    support::GoldenMessage message(eml);
    pipeline::Transaction& transaction = message.transaction();
    Entry entry = pipeline::entry_of(transaction);
    entry.reply = "250 2.0.0 taken";
    const std::string line = encode_record(entry);
    EXPECT_EQ(written_again(line), line) << eml;
    const Result<Recorded> recorded = decode(line, vocabulary());
    ASSERT_TRUE(recorded) << recorded.error().text();
    EXPECT_EQ(tell(recorded->entry()), tell(entry)) << eml;
  }
}

// A fact has the value it had, of the type it had.
TEST(Decode, gives_the_facts_of_all_golden_messages) {
  for (const auto& eml : support::golden_messages()) {
    support::GoldenMessage message(eml);
    const Entry entry = pipeline::entry_of(message.transaction());
    const Result<Recorded> recorded = decode(encode_record(entry), vocabulary());
    ASSERT_TRUE(recorded) << recorded.error().text();
    ASSERT_EQ(recorded->facts.size(), entry.facts.size());
    for (std::size_t i = 0; i < entry.facts.size(); ++i) {
      const Fact& found = recorded->facts[i].fact;
      const Fact& fact = *entry.facts[i].fact;
      EXPECT_TRUE(recorded->facts[i].id) << entry.facts[i].name;
      EXPECT_EQ(found.state, fact.state) << entry.facts[i].name;
      if (fact.known()) EXPECT_EQ(found.value, fact.value) << eml << " " << entry.facts[i].name;
    }
  }
}

struct Change {
  std::string name;
  void (*change)(SampleEntry&);
  SubjectMode subject = SubjectMode::keep;
};
POSTERN_NAMED(Change)

class WrittenAgain : public testing::TestWithParam<Change> {};

TEST_P(WrittenAgain, IsTheSame) {
  SampleEntry entry = sample_entry();
  GetParam().change(entry);
  const std::string line = encode_record(entry, GetParam().subject);
  EXPECT_EQ(written_again(line), line);
}

std::string all_octets() {
  std::string text;
  for (int c = 0; c < 256; ++c) text += static_cast<char>(c);
  return text;
}

INSTANTIATE_TEST_SUITE_P(
    Table, WrittenAgain,
    testing::Values(
        Change{"as it is", [](SampleEntry&) {}},
        Change{"a subject that is hashed", [](SampleEntry&) {}, SubjectMode::hash},
        Change{"what each stage took",
               [](SampleEntry& entry) {
                 for (std::size_t i = 0; i < kStageNames.size(); i += 2)
                   entry.stages.set(static_cast<Stage>(i), std::chrono::microseconds(i * 1'000'000));
               }},
        Change{"a subject that is left out", [](SampleEntry&) {}, SubjectMode::omit},
        Change{"octets of all kinds from outside",
               [](SampleEntry& entry) {
                 const std::string odd = all_octets();
                 entry.sender = entry.subject = entry.message_id = entry.header_from = odd;
                 entry.client.helo = entry.client.tls.client_name = entry.reply = odd;
                 entry.headers = {{odd, {odd, "", odd}}, {"X-Empty", {}}};
                 entry.evidence.front().value = entry.evidence.front().reason = odd;
                 entry.evidence.front().details = {{odd, odd}, {"method", "hidden"}, {"twice", "a"}};
                 entry.added_headers = {"X: " + odd};
                 entry.delivery = {.mailstore = "main", .server = odd, .queue_id = odd, .detail = odd};
                 entry.delivery.recipients = {{.address = odd, .code = 550, .text = odd, .fate = "failed"}};
                 entry.recipients.front().address = entry.recipients.front().reply = odd;
                 entry.facts.push_back({odd, Fact(Fact::State::known, odd)});
                 entry.facts.push_back({"helo.name", Fact(Fact::State::known, odd)});
               }},
        Change{"DNS of all types and states",
               [](SampleEntry& entry) {
                 const auto add = [&](RecordType type, DnsRecord record, DnsStatus status = DnsStatus::ok) {
                   entry.answers.push_back({DnsQuestion(all_octets().substr(0, 65) + "x.example", type),
                                            {.status = status, .ttl = 4294967295, .records = {record}}});
                 };
                 add(RecordType::txt, {.text = all_octets()});
                 add(RecordType::mx, {.text = "mx.a.example", .preference = 65535});
                 add(RecordType::a, {.address = *IpAddress::parse("192.0.2.1")});
                 add(RecordType::aaaa, {.address = *IpAddress::parse("2001:db8::1")});
                 add(RecordType::ptr, {.text = "host.a.example"});
                 entry.answers.push_back({DnsQuestion("a.example", RecordType::tlsa), {}});
                 entry.answers.back().answer.status = DnsStatus::bogus;
                 entry.answers.back().answer.secure = true;
               }},
        Change{"a key that is secret",
               [](SampleEntry& entry) {
                 DnsQuestion question("1.2.0.192.secret.zen.example", RecordType::a);
                 question.secret_at = 10;
                 question.secret_octets = 6;
                 entry.answers.push_back({question, {}});
               }},
        Change{"steps of a finding",
               [](SampleEntry& entry) {
                 entry.evidence.front().steps = {{.depth = 0,
                                                  .asked = DnsQuestion("a.example", RecordType::txt),
                                                  .meaning = "the record"},
                                                 {.depth = 2, .asked = {}, .meaning = "no match"}};
               }},
        Change{"facts of all types",
               [](SampleEntry& entry) {
                 const auto known = [](Value value) { return Fact(Fact::State::known, std::move(value)); };
                 entry.facts = {
                     {"client.ip", known(*IpAddress::parse("2001:db8::7"))},
                     {"client.trusted", known(true)},
                     {"client.name", known(Domain())},
                     {"sender.domain", known(*Domain::parse("bücher.example"))},
                     {"sender.address", known(*Address::parse("müller@bücher.example"))},
                     {"rcpt.address", known(Address::bare_postmaster())},
                     {"from.address", known(Address())},
                     {"reply_to.address", known(Address::odd("not an address @"))},
                     {"now", known(Time(std::chrono::seconds(1795573800)))},
                     {"score", known(2.75)},
                     {"dmarc.result", known(Outcome::permerror)},
                     {"dmarc.policy", known(Choice{"reject"})},
                     {"dkim.pass_domains", known(List{"a.example", "b.example"})},
                     {"local.domains", known(List(300, "x.example"))},
                     {"dkim.result", Fact(Fact::State::troubled, {}, {"a: timeout", "b"})},
                     {"dmarc.aligned", Fact(Fact::State::troubled, List{"a.example"}, {"c: timeout"})},
                     {"subject", {}}};
               }},
        Change{"verdicts of several recipients",
               [](SampleEntry& entry) {
                 support::SampleRecipient other = entry.recipients.front();
                 other.verdict.action = policy::Disposition::quarantine;
                 other.verdict.rule = "@score";
                 other.verdict.score = 8.25;
                 other.reply = "250 2.1.5 ok";
                 other.verdict.tags = {{.rule = "a", .subject = "[X] ", .header = ""},
                                       {.rule = "b", .subject = "", .header = "X-B: 1"}};
                 other.verdict.trouble = {"rule 'x' is unknown", "dkim.result"};
                 other.verdict.override_reason = "mailing_list";
                 entry.recipients.push_back(other);
                 other = {};
                 other.address = "nobody@other.example";
                 other.refused_by = "@relay";
                 other.reply = "550 5.7.1 no relay";
                 other.fate = "refused";
                 entry.recipients.push_back(other);
                 other = {};
                 other.reply = "250 2.1.5 ok";
                 entry.recipients.push_back(other);
               }},
        Change{"nothing decided", [](SampleEntry& entry) { entry.verdict = {}; }},
        Change{"refused outside the rules",
               [](SampleEntry& entry) {
                 entry.refused_by = "@size";
                 entry.reply = "552 5.3.4 too big";
               }},
        Change{"trouble that lasted", [](SampleEntry& entry) { entry.verdict.trouble_passed = true; }},
        Change{"a refusal that nobody was told of",
               [](SampleEntry& entry) { entry.reply = entry.recipients.front().reply = ""; }}));

TEST(Decode, gives_facts_of_recipients) {
  const SampleEntry sample = sample_entry();
  const Fact waiting(Fact::State::known, Choice{"waiting"});
  Entry entry = sample;
  entry.recipients.push_back(entry.recipients.front());
  entry.recipients.back().facts = {{"greylist", &waiting}};
  const std::string line = encode_record(entry);
  EXPECT_EQ(written_again(line), line);
  const Result<Recorded> recorded = decode(line, vocabulary());
  ASSERT_TRUE(recorded);
  ASSERT_EQ(recorded->recipients.back().facts.size(), 1u);
  EXPECT_EQ(recorded->recipients.back().facts.front().fact.value, waiting.value);
}

TEST(Decode, gives_what_is_remembered) {
  const SampleEntry sample = sample_entry();
  const StateQuestion mark{.table = "greylist", .key = all_octets()};
  const StateAnswer seen{.mark = Mark{Time(std::chrono::seconds(5)), Time(std::chrono::seconds(9)), 3}};
  const StateQuestion rate{.asks = StateQuestion::Asks::rate, .table = "rate.client", .key = "k", .add = 1};
  const StateAnswer count{.rate = 2.5};
  const StateAnswer never;
  const StateAnswer failed{.failed = "no answer"};
  Entry entry = sample;
  entry.state = {{&mark, &seen}, {&mark, &never}, {&rate, &count}, {&rate, &failed}};
  const std::string line = encode_record(entry);
  EXPECT_EQ(written_again(line), line);
}

// Whatever a stranger says to the desk.
TEST(Decode, gives_the_records_of_hostile_transactions) {
  std::vector<std::string> lines;
  {  // its journal ends with all that was posted
    support::DeskBench bench(support::desk_in_force());
    bench.journal.on_record([&](std::string_view line) { lines.emplace_back(line); });
    bench.client.helo = "\"<script>\\\x1b[31m\xff\xfe";
    const std::string headers[] = {
        "From: x@a.example\r\nSubject: " + all_octets().substr(128) + "\r\n",
        "From: \x1b]0;x\x07 <x@a.example>, y@b.example\r\nList-Id: \xff\r\nList-Id: a\r\n\tb\r\n",
        "no field\r\n: empty\r\nFrom\r\n", std::string("From: a\0b@c.example\r\n", 21),
        "From: x@a.example\r\nSubject: =?utf-8?B?4oCuZ25wLmV4ZQ==?= \"\\ </script>\r\n"};
    for (const std::string& header : headers)
      for (const char* sender : {"x@a.example", "\"a\\\"b\"@[192.0.2.1]", "ü@\xff.example"})
        for (const char* recipient : {"user@example.com", "postmaster", "x@elsewhere.example"}) {
          const auto reception = bench.open();
          bench.transact(*reception, recipient, header, sender);
        }
  }
  ASSERT_EQ(lines.size(), 45u);
  for (const std::string& line : lines) EXPECT_EQ(written_again(line), line);
}

support::SampleSession sample_session() {
  support::SampleSession session;
  session.id = "1A2B3C4D5E6F";
  session.start = Time(std::chrono::seconds(1795573800));
  session.duration = 0.001;
  session.ended = "limit";
  session.detail = all_octets();
  session.commands = 12;
  session.errors = 11;
  session.last_command = "?";
  session.reply = "421 4.7.0 enough";
  session.refused_by = "@limit";
  session.unrecorded = 1 << 20;
  return session;
}

TEST(Decode, gives_sessions) {
  support::SampleSession session = sample_session();
  const std::string line = encode_session(session);
  EXPECT_EQ(written_again(line), line);
  session.refused_by.clear();
  session.verdict = sample_entry().verdict;
  session.reply = "554 5.7.1 go away";
  const std::string refused = encode_session(session);
  EXPECT_EQ(written_again(refused), refused);
  EXPECT_THAT(refused, testing::HasSubstr("dmarc-reject"));
}

TEST(Decode, tells_not_recorded_from_open_and_troubled) {
  const Result<Recorded> recorded = decode(
      R"({"format":1,"id":"01ABCDEFGH23","time":"2026-11-25T02:00:00Z","kind":"transaction",)"
      R"("facts":{"local.domains":{"state":"unrecorded","because":["a list of 300"]},)"
      R"("dkim.result":{"state":"troubled","because":["timeout"]},"spf.helo":{"state":"open","because":[]},)"
      R"("client.ip":"no address","score":null,"sender.domain":{"later":1},"of.another.version":[1,"a"]}})",
      vocabulary());
  ASSERT_TRUE(recorded) << recorded.error().text();
  std::string told;
  for (const RecordedFact& one : recorded->facts)
    told += one.name + (one.id ? "" : "?") +
            (!one.recorded         ? ":unrecorded "
             : one.fact.known()    ? ":known "
             : one.fact.troubled() ? ":troubled "
                                   : ":open ");
  EXPECT_EQ(told,
            "local.domains:unrecorded dkim.result:troubled spf.helo:open client.ip?:known score?:unrecorded "
            "sender.domain:unrecorded of.another.version?:known ");
  EXPECT_THAT(tell(recorded->entry()), testing::HasSubstr("not recorded: a list of 300"));
}

// Verdicts did not always tell whether the score was told on top; the field itself did.
TEST(Decode, takes_the_tag_of_the_score_from_the_field_on_top) {
  SampleEntry sample = sample_entry();
  sample.refused_by.clear();
  sample.verdict.settled = true;
  sample.verdict.rule = "@default";
  sample.verdict.action = policy::Disposition::accept;
  sample.verdict.score = 4.5;
  sample.added_headers = {"Received: from a", "X-Postern-Score: 4.5"};
  for (const bool story : {false, true}) {
    const auto recorded = decode(encode_record(sample), vocabulary(), {.story = story});
    ASSERT_TRUE(recorded);
    EXPECT_TRUE(recorded->verdict.score_tag);
    EXPECT_EQ(recorded->added_headers.size(), story ? 2u : 0u);
  }
  sample.added_headers.pop_back();
  EXPECT_FALSE(decode(encode_record(sample), vocabulary())->verdict.score_tag);
  sample.verdict.score_tag = true;
  EXPECT_TRUE(decode(encode_record(sample), vocabulary())->verdict.score_tag);
}

TEST(Decode, reads_no_more_than_is_asked_for) {
  std::vector<bool> wanted(vocabulary().size(), false);
  wanted[index(*vocabulary().find("subject"))] = true;
  const SampleEntry sample = sample_entry();
  const std::string line = encode_record(sample);
  const Result<Recorded> recorded = decode(line, vocabulary(), {.story = false, .facts = &wanted});
  ASSERT_TRUE(recorded);
  ASSERT_EQ(recorded->facts.size(), 1u);
  EXPECT_EQ(recorded->facts.front().name, "subject");
  EXPECT_TRUE(recorded->evidence.empty());
  EXPECT_TRUE(recorded->verdict.rules.empty());
  EXPECT_EQ(recorded->recipients.size(), 1u);
}

TEST(Decode, passes_over_what_later_versions_add) {
  const SampleEntry sample = sample_entry();
  const std::string line = encode_record(sample);
  std::string more = line;
  more.insert(1, R"("added":{"deep":[1,{"er":"]}"}]},"sender_":7,)");
  EXPECT_EQ(written_again(more), line);
}

TEST(Decode, knows_of_no_stages_where_a_record_tells_of_none) {
  const SampleEntry sample = sample_entry();
  const auto recorded = decode(encode_record(sample), filters::make_vocabulary());
  ASSERT_TRUE(recorded);
  EXPECT_FALSE(recorded->stages.any());
}

TEST(Decode, takes_no_nonsense_for_the_time_of_a_stage) {
  SampleEntry sample = sample_entry();
  sample.stages.set(Stage::data, std::chrono::microseconds(17));
  std::string line = encode_record(sample);
  const std::string told = R"("stages":{"data":17})";
  ASSERT_NE(line.find(told), line.npos);
  line.replace(line.find(told), told.size(),
               R"("stages":{"data":"x","rules":-5,"kept":1e300,"evidence":[1],"later":4,"dns":12})");
  const auto recorded = decode(line, filters::make_vocabulary());
  ASSERT_TRUE(recorded);
  EXPECT_EQ(recorded->stages.of(Stage::dns), std::chrono::microseconds(12));
  EXPECT_EQ(recorded->stages.of(Stage::rules).value_or(std::chrono::microseconds(0)).count(), 0);
  EXPECT_LE(recorded->stages.of(Stage::kept).value_or(std::chrono::microseconds(0)),
            std::chrono::microseconds(1'000'000'000'000'000));
}

struct Broken {
  std::string name;
  std::string line;
  std::string error;
};
POSTERN_NAMED(Broken)

class BrokenLine : public testing::TestWithParam<Broken> {};

TEST_P(BrokenLine, IsAnError) {
  const Result<Recorded> recorded = decode(GetParam().line, vocabulary());
  EXPECT_EQ(recorded ? "fine" : recorded.error().text(), GetParam().error);
}

INSTANTIATE_TEST_SUITE_P(
    Table, BrokenLine,
    testing::Values(
        Broken{"empty", "", "this is no line of JSON"},
        Broken{"torn", R"({"format":1,"kind":"transact)", "this is no line of JSON"},
        Broken{"two", R"({"kind":"session"}{"kind":"session"})", "this is no line of JSON"},
        Broken{"a list", "[]", "this is no line of JSON"},
        Broken{"no kind", "{}", "this is no record: its kind is missing"},
        Broken{"another kind", R"({"kind":"\u001b[31mx"})",
               "no record of this version: its kind is '\\x1b[31mx'"},
        Broken{"of a later version", R"({"format":2,"kind":"transaction","id":"01ABCDEFGH23"})",
               "no record of this version: its format is 2, and 1 was expected"},
        Broken{"without a format", R"({"kind":"transaction"})",
               "no record of this version: its format is 0, and 1 was expected"},
        Broken{"without an id", R"({"format":1,"kind":"session","time":"2026-11-25T02:00:00Z"})",
               "this is no record: it has no id, or no time"},
        Broken{"nothing else",
               R"({"format":1,"id":"01ABCDEFGH23","time":"2026-11-25T02:00:00Z","kind":"transaction"})",
               "fine"},
        Broken{"all of the wrong type",
               R"({"format":1,"id":"01ABCDEFGH23","time":"2026-11-25T02:00:00Z","kind":"transaction",)"
               R"("duration":"x","client":7,"sender":{},)"
               R"("recipients":{},"facts":[],"verdict":"x","rules":7,"dns":"","headers":{},)"
               R"("evidence":[1,"a",null],"header_values":[],"size":-1,"delivery":[]})",
               "fine"}));

// Wherever a line was torn off, it is an error and nothing worse.
TEST(Decode, survives_lines_torn_anywhere) {
  const SampleEntry sample = sample_entry();
  const std::string line = encode_record(sample);
  for (std::size_t size = 0; size < line.size(); ++size)
    EXPECT_FALSE(decode(std::string_view(line).substr(0, size), vocabulary())) << size;
}

}  // namespace
}  // namespace gateway::journal
