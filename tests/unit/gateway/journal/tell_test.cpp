#include "gateway/journal/tell.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

#include "tests/support/journal_entry.h"

namespace gateway::journal {
namespace {

using support::sample_entry;
using support::SampleEntry;
using support::SampleFact;

TEST(Tell, WholeStory) {
  ::setenv("TZ", "CET-1", 1);
  ::tzset();
  const SampleEntry entry = sample_entry();
  EXPECT_EQ(tell(entry), R"(verdict: reject, by dmarc-reject
reply:   550 5.7.26 the author's domain asks to refuse this
trial:   would have counted: own-domain-spoof

claimed
  id       1A2B3C4D5E6F, 2026-11-25 03:30:00 +0100
  client   out.a.example [192.0.2.7], HELO mx.a.example
  from     <joe@a.example>
  author   joe@a.example
  subject  hello
  message  <1@a.example>, 1234 octets

recipients
  <user@example.com>  reject, by dmarc-reject, refused

found
  spf    fail       smtp.mailfrom=a.example  mechanism=all
         -all
  dkim   none       header.d=b.example  selector=s1
  dmarc  fail       header.from=a.example  policy=reject

rules
  dmarc-reject  yes
  listed        unknown  on trial  because of dnsbl.score

facts
  client.ip     192.0.2.7
  rcpt.count    1
  subject       hello
  dnsbl.score   troubled: dnsbl: timeout
  message.size  not known

DNS
  a.example TXT  ok  "v=spf1 -all"

headers on top
  Received: from a
          by b
)");
}

TEST(Tell, NothingFromOutsideReachesTheTerminalRaw) {
  SampleEntry entry = sample_entry();
  const std::string evil = "\x1b[2J\r\nverdict: accept\xc2\x9b\xff";
  entry.client.helo = entry.sender = entry.subject = entry.message_id = entry.header_from = evil;
  entry.recipients[0].address = entry.reply = entry.client_name = evil;
  entry.evidence[0].value = entry.evidence[0].reason = entry.evidence[0].details[0].second = evil;
  entry.evidence[0].details.emplace_back("remedy", evil);
  entry.evidence[0].steps = {{.asked = DnsQuestion(evil, RecordType::txt), .meaning = evil}};
  entry.answers[0].answer.records[0].text = evil;
  entry.answers[0].question.name = evil;
  entry.delivery = {
      .mailstore = "main",
      .server = evil,
      .queue_id = evil,
      .detail = evil,
      .recipients = {{.address = evil, .code = 550, .enhanced = evil, .text = evil, .fate = "failed"}}};
  entry.facts[2].fact.value = evil;
  entry.facts[3].fact.because = {evil};
  entry.verdict.trouble = {evil};
  entry.verdict.override_reason = evil;
  entry.added_headers = {"X-A: " + evil};
  const std::string told = tell(entry);
  EXPECT_EQ(told.find_first_of("\x1b\r\xff"), told.npos);
  EXPECT_EQ(told.find("\xc2\x9b"), told.npos);
  // Our own first line, and the field we add, whose folds are shown as lines.
  EXPECT_EQ(told.find("\nverdict:"), told.npos);
}

TEST(Tell, TheWayToAFindingWithItsRecordsAndWhatWouldMakeItPass) {
  SampleEntry entry;
  entry.evidence = {
      {.method = "spf",
       .property = "smtp.mailfrom",
       .value = "a.example",
       .outcome = Outcome::fail,
       .reason = "192.0.2.7 is not among those that may send",
       .details = {{"mechanism", "-all"}, {"remedy", "add ip4:192.0.2.7 to the record"}},
       .steps = {{.asked = DnsQuestion("a.example", RecordType::txt), .meaning = "the record"},
                 {.depth = 1, .asked = DnsQuestion("b.example", RecordType::txt), .meaning = "no record"},
                 {.meaning = "-all matches"}}}};
  entry.answers = {{.question = DnsQuestion("a.example", RecordType::txt),
                    .answer = {.status = DnsStatus::ok,
                               .ttl = 300,
                               .records = {{.text = "v=spf1 include:b.example -all", .address = {}}}}},
                   {.question = DnsQuestion("b.example", RecordType::txt), .answer = {}}};
  const std::string told = tell(entry);
  EXPECT_EQ(told.substr(told.find("found"), told.find("\nDNS") - told.find("found")),
            R"(found
  spf  fail       smtp.mailfrom=a.example  mechanism=-all
       192.0.2.7 is not among those that may send
         a.example TXT "v=spf1 include:b.example -all"
           the record
           b.example TXT nxdomain
             no record
         -all matches
       to make it pass: add ip4:192.0.2.7 to the record
)");
}

TEST(Tell, NothingDecided) {
  SampleEntry entry;
  EXPECT_EQ(tell(entry), "verdict: not decided\n\nclaimed\n  client   unknown [0.0.0.0]\n  from     <>\n");
}

TEST(Tell, Delivered) {
  SampleEntry entry = sample_entry();
  entry.held = "retry";
  entry.delivery = {
      .mailstore = "main",
      .server = "10.0.0.5:25",
      .queue_id = "q1",
      .detail = {},
      .recipients = {
          {.address = "u@example.com", .code = 250, .enhanced = "2.0.0", .text = "ok", .fate = "taken"}}};
  EXPECT_NE(tell(entry).find(
                "\ndelivery\n  to 10.0.0.5:25  q1\n  <u@example.com>  taken  250 2.0.0 ok\n  held: retry\n"),
            std::string::npos);
}

TEST(Tell, WhatEachStageTook) {
  SampleEntry entry = sample_entry();
  EXPECT_EQ(tell(entry).find("took:"), std::string::npos);
  const auto took = [&](Stage stage, int microseconds) {
    entry.stages.add(stage, std::chrono::microseconds(microseconds));
  };
  took(Stage::dns, 90'000);
  took(Stage::rules, 240);
  took(Stage::evidence, 95'400);
  took(Stage::data, 12'340'000);
  took(Stage::kept, 4'000);
  took(Stage::kept, 1'000);
  EXPECT_NE(
      tell(entry).find("  took: data 12.3 s, evidence 95 ms, rules 0.2 ms, kept 5.0 ms; 90 ms of it for "
                       "answers of the DNS\n"),
      std::string::npos)
      << tell(entry);
}

TEST(Tell, AClientThatIsNotKnownHasNoAddress) {
  SampleEntry entry = sample_entry();
  const std::string address = "[" + entry.client.ip.text() + "]";
  EXPECT_NE(tell(entry).find(address), std::string::npos);
  std::erase_if(entry.facts, [](const SampleFact& row) { return row.name == "client.ip"; });
  entry.facts.push_back({"client.ip", {}});
  EXPECT_EQ(tell(entry).find(address), std::string::npos);
}

}  // namespace
}  // namespace gateway::journal
