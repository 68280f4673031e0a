#include "gateway/pipeline/record.h"

#include <fmt/format.h>

#include <algorithm>

#include "gateway/net/networks.h"
#include "gateway/trace/authentication_results.h"
#include "gateway/trace/outgoing_header.h"
#include "gateway/trace/received.h"

namespace gateway::pipeline {
namespace {

std::vector<std::string> values_of(const Message& message, const std::string& name) {
  std::vector<std::string> values;
  for (const Field* field : message.find(name)) values.push_back(unfold(field->value));
  return values;
}

std::string first_value(const Message& message, const std::string& name) {
  const Field* field = message.first(name);
  return field ? unfold(field->value) : std::string();
}

// Whose verdict stands for the whole: the first who was accepted, else the first.
const TransactionRecipient* shown_recipient(const Transaction& transaction) {
  const auto& recipients = transaction.recipients();
  const auto accepted = std::ranges::find_if(recipients, &TransactionRecipient::accepted);
  if (accepted != recipients.end()) return &*accepted;
  return recipients.empty() ? nullptr : &recipients.front();
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
  entry.client = transaction.client();
  entry.sender = transaction.envelope().sender.text();
  for (const TransactionRecipient& one : transaction.recipients())
    entry.recipients.push_back({one.address.text(), one.verdict, one.reply, one.refused_by, one.fate});
  const TransactionRecipient* const shown = shown_recipient(transaction);
  if (shown) entry.verdict = shown->verdict;

  if (const Message* message = transaction.message().get()) {
    entry.message_id = first_value(*message, "Message-ID");
    entry.size = message->size();
    for (const std::string& name : in_force.policy->header_names())
      entry.headers.push_back({name, values_of(*message, name)});
  }
  const Facts& facts = transaction.facts();
  if (const auto* subject = facts.get<std::string>("subject")) entry.subject = *subject;
  if (const auto* author = facts.get<Address>("from.address")) entry.header_from = author->text();
  const Facts& last = shown ? *shown->facts : facts;
  entry.facts.reserve(in_force.vocabulary.size());
  for (std::size_t i = 0; i < in_force.vocabulary.size(); ++i)
    if (in_force.vocabulary.enabled(FactId(i)))
      entry.facts.push_back({std::string(in_force.vocabulary[FactId(i)].name), last.at(FactId(i))});
  entry.evidence = facts.evidence();
  for (const auto& [question, answer] : transaction.answers().all())
    entry.answers.push_back({question, answer});
  return entry;
}

Outgoing outgoing(const Transaction& transaction, const policy::Verdict& verdict, const std::string& would,
                  const std::vector<Address>& recipients) {
  const settings::Settings& settings = *transaction.in_force().settings;
  const bool utf8 = transaction.envelope().smtputf8;
  trace::TraceInfo trace;
  trace.authserv_id = settings.authserv_id;
  trace.received = trace::received_field({.client = transaction.client(),
                                          .client_name = {},
                                          .hostname = settings.hostname,
                                          .id = transaction.id(),
                                          .smtputf8 = utf8,
                                          .recipients = recipients,
                                          .when = transaction.now()});
  trace.authentication_results =
      trace::authentication_results(settings.authserv_id, transaction.facts().evidence(), utf8);
  if (!would.empty()) trace.added.push_back("X-Postern-Would: " + would);
  if (verdict.score_tag) trace.added.push_back(fmt::format("X-Postern-Score: {:.1f}", verdict.score));
  for (const policy::Tag& tag : verdict.tags) {
    if (!tag.header.empty()) trace.added.push_back(tag.header);
    trace.subject_prefix += tag.subject;
  }
  Outgoing outgoing;
  if (transaction.message()) outgoing.header = trace::outgoing_header(*transaction.message(), trace);
  outgoing.added = {trace.received, trace.authentication_results};
  for (const std::string& field : trace.added) outgoing.added.push_back(trace::rule_field(field));
  return outgoing;
}

bool is_probe(const settings::Settings& settings, const IpAddress& client) {
  return net::contains(settings.journal_ignore, client);
}

}  // namespace gateway::pipeline
