#include "gateway/pipeline/record.h"

#include <fmt/format.h>

#include <algorithm>

#include "gateway/net/networks.h"
#include "gateway/trace/authentication_results.h"
#include "gateway/trace/outgoing_header.h"
#include "gateway/trace/received.h"
#include "gateway/trace/received_spf.h"

namespace gateway::pipeline {
namespace {

constexpr std::size_t kMessageId = 998;  // octets that are recorded; a line has no more.  RFC 5322 §2.1.1

// Most values are on one line as they are.
std::string on_one_line(std::string_view value) {
  return value.find("\r\n") == value.npos ? std::string(trim(value)) : unfold(value);
}

std::vector<std::string> values_of(const Message& message, const std::string& name) {
  std::vector<std::string> values;
  for (const Field* field : message.find(name)) values.push_back(on_one_line(field->value));
  return values;
}

// Whose verdict stands for the whole: the first who was accepted, else the first.
const TransactionRecipient* shown_recipient(const Transaction& transaction) {
  const auto& recipients = transaction.recipients();
  const auto accepted = std::ranges::find_if(recipients, &TransactionRecipient::accepted);
  if (accepted != recipients.end()) return &*accepted;
  return recipients.empty() ? nullptr : &recipients.front();
}

// What filters found of this recipient alone.
std::vector<journal::FactEntry> own_facts(const TransactionRecipient& recipient,
                                          const std::vector<FactId>& enabled) {
  std::vector<journal::FactEntry> own;
  const Vocabulary& vocabulary = recipient.facts->vocabulary();
  if (!recipient.examination) return own;
  for (const FactId id : enabled)
    if (vocabulary[id].owner == Owner::recipient && !vocabulary.filter(id).empty())
      own.push_back({vocabulary[id].name, &recipient.facts->at(id)});
  return own;
}

// The one that the DNS confirms; empty where rdns is switched off.
std::string_view client_name(const Facts& facts) {
  const auto* name = facts.get<Domain>("client.name");
  return name ? std::string_view(name->text()) : std::string_view();
}

// Above our Received.  RFC 7208 §9.1
void add_received_spf(const Transaction& transaction, std::vector<std::string>& fields) {
  const Facts& facts = transaction.facts();
  const auto* client = facts.get<IpAddress>("client.ip");
  if (!client) return;
  const auto* helo = facts.get<std::string>("helo.name");
  for (const Evidence& evidence : facts.evidence())
    if (evidence.method == "spf")
      fields.push_back(trace::received_spf_field({.evidence = evidence,
                                                  .client = *client,
                                                  .helo = helo ? *helo : std::string_view(),
                                                  .envelope_from = transaction.envelope().sender.text(),
                                                  .hostname = transaction.in_force().settings->hostname,
                                                  .utf8 = transaction.envelope().smtputf8}));
}

}  // namespace

journal::Entry entry_of(const Transaction& transaction) {
  const InForce& in_force = transaction.in_force();
  journal::Entry entry;
  entry.id = transaction.id();
  entry.start = transaction.now();
  entry.hostname = in_force.settings->hostname;
  entry.policy_version = in_force.policy->version();
  entry.mode = name(in_force.settings->mode);
  entry.client = &transaction.judged_client();
  entry.sender = transaction.envelope().sender.text();
  entry.recipients.reserve(transaction.recipients().size());
  const TransactionRecipient* const shown = shown_recipient(transaction);
  for (const TransactionRecipient& one : transaction.recipients())
    entry.recipients.push_back(
        {one.address.text(), &one.verdict, one.reply, one.refused_by, one.fate,
         &one == shown ? std::vector<journal::FactEntry>() : own_facts(one, in_force.enabled)});
  if (shown) entry.verdict = &shown->verdict;

  if (const Message* message = transaction.message().get()) {
    if (const Field* id = message->first("Message-ID"))
      entry.message_id = on_one_line(id->value.substr(0, kMessageId));
    entry.size = message->size();
    for (const std::string& name : in_force.policy->header_names())
      entry.headers.push_back({name, values_of(*message, name)});
  }
  const Facts& facts = transaction.facts();
  entry.client_name = client_name(facts);
  if (const auto* subject = facts.get<std::string>("subject")) entry.subject = *subject;
  if (const auto* author = facts.get<Address>("from.address")) entry.header_from = author->text();
  const Facts& last = shown ? *shown->facts : facts;
  entry.facts.reserve(in_force.enabled.size());
  for (const FactId id : in_force.enabled)
    entry.facts.push_back({in_force.vocabulary[id].name, &last.at(id)});
  entry.evidence = facts.evidence();
  for (const Examination* examination : transaction.examinations(shown)) {
    for (const auto& [question, answer] : examination->answers().all())
      entry.answers.push_back({&question, &answer});
    for (const auto& [question, answer] : examination->answers().all_state())
      entry.state.push_back({&question, &answer});
  }
  return entry;
}

std::string score_field(double score) { return fmt::format("X-Postern-Score: {:.1f}", score); }

Outgoing outgoing(const Transaction& transaction, const policy::Verdict& verdict, const std::string& would,
                  std::span<const smtp::Recipient> recipients) {
  const settings::Settings& settings = *transaction.in_force().settings;
  const bool utf8 = transaction.envelope().smtputf8;
  Outgoing outgoing;
  std::vector<std::string>& fields = outgoing.added;
  fields.reserve(4 + verdict.tags.size());
  if (settings.received_spf) add_received_spf(transaction, fields);
  fields.push_back(
      trace::received_field({.client = transaction.client(),
                             .client_name = client_name(transaction.facts()),
                             .hostname = settings.hostname,
                             .id = transaction.id(),
                             .smtputf8 = utf8,
                             .recipient = recipients.size() == 1 ? &recipients.front().address : nullptr,
                             .when = transaction.now()}));
  fields.push_back(trace::authentication_results(settings.authserv_id, transaction.facts().evidence(), utf8));
  if (!would.empty()) fields.push_back(trace::rule_field("X-Postern-Would: " + would));
  if (verdict.score_tag) fields.push_back(trace::rule_field(score_field(verdict.score)));
  std::string subject_prefix;
  for (const policy::Tag& tag : verdict.tags) {
    if (!tag.header.empty()) fields.push_back(trace::rule_field(tag.header));
    subject_prefix += tag.subject;
  }
  if (transaction.message())
    outgoing.header = trace::outgoing_header(
        *transaction.message(),
        {.fields = fields, .subject_prefix = subject_prefix, .authserv_id = settings.authserv_id});
  return outgoing;
}

bool is_probe(const settings::Settings& settings, const IpAddress& client) {
  return net::contains(settings.journal_ignore, client);
}

}  // namespace gateway::pipeline
