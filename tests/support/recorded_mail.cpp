#include "tests/support/recorded_mail.h"

#include <deque>

#include "gateway/journal/encode_session.h"
#include "tests/support/policy_bench.h"

namespace support {

using namespace gateway;

namespace {

std::vector<journal::HeaderEntry> headers_of(const Facts& facts, const policy::Policy& policy) {
  std::vector<journal::HeaderEntry> headers;
  if (!facts.message()) return headers;
  for (const std::string& name : policy.header_names()) {
    std::vector<std::string> values;
    for (const Field* field : facts.message()->find(name)) values.push_back(unfold(field->value));
    headers.push_back({name, std::move(values)});
  }
  return headers;
}

void lend(const RecordedMail& mail, const policy::Policy& policy, const smtp::Client& client,
          journal::Preamble& entry) {
  entry.id = mail.id;
  entry.start = mail.now == Time() ? noon() : mail.now;
  entry.hostname = "mx1.example.com";
  entry.policy_version = policy.version();
  entry.mode = mail.mode;
  entry.client = &client;
}

std::string session_of(const RecordedMail& mail, const policy::Policy& policy) {
  Facts facts(full_vocabulary());
  set_facts(facts, mail.facts);
  smtp::Client client;
  if (const auto* ip = facts.get<IpAddress>("client.ip")) client.ip = *ip;
  const policy::Verdict verdict = policy.decide(facts, {});
  journal::SessionEntry entry;
  lend(mail, policy, client, entry);
  entry.ended = "refused";
  entry.reply = "554 5.7.1 no";
  entry.verdict = &verdict;
  return journal::encode_session(entry);
}

}  // namespace

std::string record_of(const RecordedMail& mail, const policy::Policy& policy) {
  if (mail.session) return session_of(mail, policy);
  const bool complete = mail.facts.find('*') != std::string::npos;
  const Vocabulary& vocabulary = full_vocabulary();
  std::deque<Facts> facts;
  std::deque<policy::Verdict> verdicts;
  const auto add = [&](const std::string& more) {
    Facts& one = facts.emplace_back(vocabulary);
    set_facts(one, "now=" + to_text(mail.now == Time() ? noon() : mail.now) + ";" + more + mail.facts);
    policy::Verdict& verdict = verdicts.emplace_back(
        policy.decide(one, {.at_end = complete, .trouble_passed = mail.trouble_passed}));
    if (mail.undecided) verdict = {};
  };
  for (const std::string& recipient : mail.recipients)
    add("rcpt.address=" + recipient + ";rcpt.domain=" + recipient.substr(recipient.find('@') + 1) + ";");
  if (mail.recipients.empty()) add("");

  smtp::Client client;
  if (const auto* ip = facts.front().get<IpAddress>("client.ip")) client.ip = *ip;
  journal::Entry entry;
  lend(mail, policy, client, entry);
  entry.sender = mail.sender;
  if (const auto* subject = facts.front().get<std::string>("subject")) entry.subject = *subject;
  entry.headers = headers_of(facts.front(), policy);
  entry.verdict = &verdicts.front();
  entry.refused_by = mail.refused_by;
  entry.reply = mail.refused_by.empty() ? "" : "554 5.0.0 no";
  for (std::size_t i = 0; i < mail.recipients.size(); ++i)
    entry.recipients.push_back(
        {mail.recipients[i], &verdicts[i], mail.undecided ? "250 2.1.5 ok" : "", {}, "", {}});
  for (std::size_t i = 0; i < vocabulary.size(); ++i) {
    const FactId id{static_cast<std::uint16_t>(i)};
    if (!mail.not_told.contains(std::string(vocabulary[id].name)))
      entry.facts.push_back({vocabulary[id].name, &facts.front().at(id)});
  }
  return journal::encode_record(entry, mail.subject);
}

}  // namespace support
