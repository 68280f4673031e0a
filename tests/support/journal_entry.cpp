#include "tests/support/journal_entry.h"

namespace support {

using namespace gateway;

void SamplePreamble::lend(journal::Preamble& preamble) const {
  preamble.id = id;
  preamble.start = start;
  preamble.duration = duration;
  preamble.hostname = hostname;
  preamble.policy_version = policy_version;
  preamble.mode = mode;
  preamble.client = &client;
  preamble.client_name = client_name;
}

SampleEntry::operator journal::Entry() const& {
  journal::Entry entry;
  lend(entry);
  entry.sender = sender;
  for (const SampleRecipient& one : recipients)
    entry.recipients.push_back({one.address, &one.verdict, one.reply, one.refused_by, one.fate});
  entry.subject = subject;
  entry.message_id = message_id;
  entry.header_from = header_from;
  entry.size = size;
  for (const SampleHeader& one : headers) entry.headers.push_back({one.name, one.values});
  entry.evidence = evidence;
  for (const SampleFact& one : facts) entry.facts.push_back({one.name, &one.fact});
  for (const SampleAnswer& one : answers) entry.answers.push_back({&one.question, &one.answer});
  entry.added_headers = added_headers;
  entry.verdict = &verdict;
  entry.refused_by = refused_by;
  entry.reply = reply;
  entry.delivery = &delivery;
  entry.held = held;
  entry.relay = relay;
  entry.stages = stages;
  return entry;
}

SampleSession::operator journal::SessionEntry() const& {
  journal::SessionEntry entry;
  lend(entry);
  entry.ended = ended;
  entry.detail = detail;
  entry.commands = commands;
  entry.errors = errors;
  entry.last_command = last_command;
  entry.reply = reply;
  entry.refused_by = refused_by;
  if (verdict) entry.verdict = &*verdict;
  entry.unrecorded = unrecorded;
  return entry;
}

SampleEntry sample_entry() {
  SampleEntry entry;
  entry.id = "1A2B3C4D5E6F";
  entry.start = Time(std::chrono::seconds(1795573800));
  entry.duration = 0.25;
  entry.hostname = "gate.example.com";
  entry.policy_version = "abc";
  entry.mode = "enforce";
  entry.client.ip = *IpAddress::parse("192.0.2.7");
  entry.client.helo = "mx.a.example";
  entry.client.listener = "0.0.0.0:25";
  entry.client_name = "out.a.example";
  entry.sender = "joe@a.example";
  entry.subject = "hello";
  entry.message_id = "<1@a.example>";
  entry.header_from = "joe@a.example";
  entry.size = 1234;
  entry.headers = {{"X-Spam", {"no"}}, {"Subject", {"hello"}}};
  entry.evidence = {{.method = "spf",
                     .property = "smtp.mailfrom",
                     .value = "a.example",
                     .outcome = Outcome::fail,
                     .reason = "-all",
                     .details = {{"mechanism", "all"}}},
                    {.method = "dkim",
                     .property = "header.d",
                     .value = "b.example",
                     .outcome = Outcome::none,
                     .reason = {},
                     .details = {{"selector", "s1"}}},
                    {.method = "dmarc",
                     .property = "header.from",
                     .value = "a.example",
                     .outcome = Outcome::fail,
                     .reason = {},
                     .details = {{"policy", "reject"}}}};
  const auto known = [](Value value) { return Fact(Fact::State::known, std::move(value)); };
  entry.facts = {{"client.ip", known(entry.client.ip)},
                 {"rcpt.count", known(1.0)},
                 {"subject", known("hello")},
                 {"dnsbl.score", Fact(Fact::State::troubled, {}, {"dnsbl: timeout"})},
                 {"message.size", {}}};
  DnsAnswer answer;
  answer.status = DnsStatus::ok;
  answer.ttl = 300;
  answer.records = {{.text = "v=spf1 -all", .address = {}, .preference = 0}};
  entry.answers = {{DnsQuestion("a.example", RecordType::txt), answer}};
  entry.added_headers = {"Received: from a\r\n\tby b\r\n"};
  entry.verdict.settled = true;
  entry.verdict.action = policy::Disposition::reject;
  entry.verdict.rule = "dmarc-reject";
  entry.verdict.reply = {.code = 550, .detail = "7.26", .text = "the author's domain asks to refuse this"};
  entry.verdict.trial = {"own-domain-spoof"};
  entry.verdict.rules = {
      {.id = "dmarc-reject", .held = policy::Truth::yes, .because = {}, .trial = false},
      {.id = "listed", .held = policy::Truth::stuck, .because = {"dnsbl.score"}, .trial = true}};
  entry.reply = "550 5.7.26 the author's domain asks to refuse this";
  entry.recipients = {
      {.address = "user@example.com", .verdict = entry.verdict, .reply = entry.reply, .fate = "refused"}};
  return entry;
}

}  // namespace support
