#include "gateway/journal/encode.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <limits>

#include "tests/support/journal_entry.h"
#include "tests/support/named.h"

namespace gateway::journal {
namespace {

namespace json = boost::json;
using support::sample_entry;
using support::SampleEntry;
using support::SampleFact;

std::string at(const json::value& root, const std::string& pointer) {
  boost::system::error_code missing;
  const json::value* found = root.find_pointer(pointer, missing);
  return found ? json::serialize(*found) : "absent";
}

struct Case {
  std::string name;
  std::string pointer;
  std::string expected;
  void (*change)(SampleEntry&) = [](SampleEntry&) {};
  SubjectMode subject = SubjectMode::keep;
};
POSTERN_NAMED(Case)

class Record : public testing::TestWithParam<Case> {};

TEST_P(Record, Says) {
  SampleEntry entry = sample_entry();
  GetParam().change(entry);
  const std::string line = encode_record(entry, GetParam().subject);
  EXPECT_EQ(line.find('\n'), line.npos);
  EXPECT_TRUE(is_valid_utf8(line));
  EXPECT_EQ(at(json::parse(line), GetParam().pointer), GetParam().expected);
}

Fact& fact(SampleEntry& entry, std::string_view name) {
  for (SampleFact& known : entry.facts)
    if (known.name == name) return known.fact;
  throw std::out_of_range("no such fact");
}

INSTANTIATE_TEST_SUITE_P(
    Table, Record,
    testing::Values(
        Case{"time", "/time", R"("2026-11-25T02:30:00Z")"}, Case{"client", "/client/ip", R"("192.0.2.7")"},
        Case{"verdict", "/verdict",
             R"({"action":"reject","rule":"dmarc-reject","score":0,)"
             R"("reply":"550 5.7.26 the author's domain asks to refuse this","trial":["own-domain-spoof"]})"},
        Case{"no stages", "/stages", "absent"},
        Case{"stages that it came to", "/stages", R"({"envelope":1500,"mailstore":0})",
             [](SampleEntry& entry) {
               entry.stages.add(Stage::mailstore, std::chrono::nanoseconds(900));
               entry.stages.add(Stage::envelope, std::chrono::microseconds(1500));
             }},
        Case{"verdict without a reply said", "/verdict/reply",
             R"("550 5.7.26 the author's domain asks to refuse this")",
             [](SampleEntry& entry) { entry.reply.clear(); }},
        Case{"refused outside the rules", "/verdict/action", R"("reject")",
             [](SampleEntry& entry) {
               entry.verdict = {};
               entry.refused_by = "@relay";
               entry.reply = "550 5.7.1 no";
             }},
        Case{"the rule is then what refused", "/verdict/rule", R"("@relay")",
             [](SampleEntry& entry) { entry.refused_by = "@relay"; }},
        Case{"nothing decided", "/verdict/action", R"("open")",
             [](SampleEntry& entry) {
               entry.verdict = {};
               entry.reply.clear();
             }},
        Case{"recipient", "/recipients/0/address", R"("user@example.com")"},
        Case{"recipient's verdict", "/recipients/0/verdict/rule", R"("dmarc-reject")"},
        Case{
            "evidence with its details", "/evidence/1",
            R"({"method":"dkim","property":"header.d","value":"b.example","outcome":"none","reason":"","selector":"s1"})"},
        Case{"evidence with its steps", "/evidence/0/steps",
             R"([{"name":"a.example","type":"TXT","meaning":"names b"},{"depth":1,"meaning":"nobody"}])",
             [](SampleEntry& entry) {
               entry.evidence[0].steps = {
                   {.asked = DnsQuestion("a.example", RecordType::txt), .meaning = "names b"},
                   {.depth = 1, .meaning = "nobody"}};
             }},
        Case{"a detail cannot replace the outcome", "/evidence/0/outcome", R"("fail")",
             [](SampleEntry& entry) {
               entry.evidence[0].details = {{"outcome", "pass"}};
             }},
        Case{"nor a detail before it", "/evidence/0",
             R"({"method":"spf","property":"smtp.mailfrom","value":"a.example","outcome":"fail",)"
             R"("reason":"-all","a":"1","b":"2"})",
             [](SampleEntry& entry) {
               entry.evidence[0].details = {{"a", "1"}, {"b", "2"}, {"a", "3"}, {"b", "2"}};
             }},
        Case{"known fact", "/facts/client.ip", R"("192.0.2.7")"},
        Case{"whole number", "/facts/rcpt.count", "1"},
        Case{"no number", "/facts/rcpt.count", "null",
             [](SampleEntry& entry) {
               fact(entry, "rcpt.count").value = std::numeric_limits<double>::infinity();
             }},
        Case{"list", "/facts/rcpt.count", R"(["a","b"])",
             [](SampleEntry& entry) {
               fact(entry, "rcpt.count").value = List{"a", "b"};
             }},
        Case{"a list too long to be in each record", "/facts/rcpt.count",
             R"({"state":"unrecorded","because":["a list of 10000"]})",
             [](SampleEntry& entry) { fact(entry, "rcpt.count").value = List(10'000, "a name"); }},
        Case{"time fact", "/facts/rcpt.count", R"("1970-01-01T00:00:00Z")",
             [](SampleEntry& entry) { fact(entry, "rcpt.count").value = Time{}; }},
        Case{"outcome", "/facts/rcpt.count", R"("softfail")",
             [](SampleEntry& entry) { fact(entry, "rcpt.count").value = Outcome::softfail; }},
        Case{"boolean", "/facts/rcpt.count", "true",
             [](SampleEntry& entry) { fact(entry, "rcpt.count").value = true; }},
        Case{"troubled fact", "/facts/dnsbl.score", R"({"state":"troubled","because":["dnsbl: timeout"]})"},
        Case{"troubled list", "/facts/dnsbl.score",
             R"({"state":"troubled","because":["dnsbl: timeout"],"sure":["a"]})",
             [](SampleEntry& entry) { fact(entry, "dnsbl.score").value = List{"a"}; }},
        Case{"open fact", "/facts/message.size", R"({"state":"open","because":[]})"},
        Case{"rule that holds", "/rules/0", R"({"id":"dmarc-reject","held":"yes"})"},
        Case{"unknown rule", "/rules/1",
             R"({"id":"listed","held":"unknown","because":["dnsbl.score"],"trial":true})"},
        Case{"dns", "/dns/0",
             R"({"name":"a.example","type":"TXT","status":"ok","ttl":300,"data":["v=spf1 -all"]})"},
        Case{"dns octets keep their value", "/dns/0/data", "[\"\xc3\x83\xc2\xbc\xc3\xbf\\u0000\"]",
             [](SampleEntry& entry) {
               entry.answers[0].answer.records[0].text = std::string("\xc3\xbc\xff\0", 4);
             }},
        Case{"mx", "/dns/0/data", R"([[10,"mx.a.example"]])",
             [](SampleEntry& entry) {
               entry.answers[0].question.type = RecordType::mx;
               entry.answers[0].answer.records = {{.text = "mx.a.example", .address = {}, .preference = 10}};
             }},
        Case{"a", "/dns/0/data", R"(["192.0.2.1"])",
             [](SampleEntry& entry) {
               entry.answers[0].question.type = RecordType::a;
               entry.answers[0].answer.records = {
                   {.text = {}, .address = *IpAddress::parse("192.0.2.1"), .preference = 0}};
             }},
        Case{"headers we add", "/headers", R"(["Received: from a\r\n\tby b"])"},
        Case{"octets that are not UTF-8", "/sender", R"("a\\xff@b")",
             [](SampleEntry& entry) { entry.sender = "a\xff@b"; }},
        Case{"line ends", "/sender", R"("a\r\nb")", [](SampleEntry& entry) { entry.sender = "a\r\nb"; }},
        Case{"nothing delivered", "/delivery", "null"},
        Case{"delivered", "/delivery/recipients/0/code", "250",
             [](SampleEntry& entry) {
               entry.delivery = {
                   .mailstore = "main",
                   .server = "10.0.0.5:25",
                   .queue_id = "q1",
                   .detail = {},
                   .recipients = {
                       {.address = "a@b", .code = 250, .enhanced = {}, .text = "ok", .fate = "taken"}}};
             }},
        Case{"subject kept", "/subject", R"("hello")"},
        Case{"subject hashed", "/subject",
             R"("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824")", [](SampleEntry&) {},
             SubjectMode::hash},
        Case{"subject omitted", "/subject", "absent", [](SampleEntry&) {}, SubjectMode::omit}));

TEST(RecordSubject, IsNowhereUnlessKept) {
  SampleEntry entry = sample_entry();
  EXPECT_NE(encode_record(entry).find("hello"), std::string::npos);
  for (const SubjectMode mode : {SubjectMode::hash, SubjectMode::omit}) {
    const std::string line = encode_record(entry, mode);
    EXPECT_EQ(line.find("hello"), line.npos);
    EXPECT_EQ(at(json::parse(line), "/facts/subject"),
              R"({"state":"open","because":["not recorded: journal.subject"]})");
    EXPECT_EQ(at(json::parse(line), "/header_values"), R"({"X-Spam":["no"]})");
  }
}

TEST(RecordStory, IsTheSameAsExplain) {
  const SampleEntry entry = sample_entry();
  const json::value record = json::parse(encode_record(entry));
  const json::object told = json::parse(encode_story(entry)).as_object();
  EXPECT_EQ(told.size(), 7u);
  for (const auto& [key, value] : told)
    EXPECT_EQ(json::serialize(value), at(record, "/" + std::string(key))) << key;
}

}  // namespace
}  // namespace gateway::journal
