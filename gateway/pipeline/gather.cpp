#include "gateway/pipeline/gather.h"

#include <algorithm>

#include "gateway/settings/settings.h"

namespace gateway::pipeline {

void learn_client(Facts& session, const smtp::Client& client) {
  if (!client.relay) session.set("client.ip", client.ip);
  session.set("client.early_talker", client.early_talker);
  session.set("client.trusted", client.trusted);
  session.set("client.relay", client.relay);
  session.set("listener", client.listener);
}

void learn_client_behind(Facts& session, Facts& transaction,
                         const std::optional<trace::ReceivedClient>& client) {
  if (client) {
    session.set("client.ip", client->ip);
    transaction.set("helo.name", client->helo);
    return;
  }
  constexpr std::string_view kWhy = "the Received field of the relay names no client";
  session.trouble("client.ip", std::string(kWhy));
  transaction.trouble("helo.name", std::string(kWhy));
}

void learn_lists(Facts& session, List set_aside) { session.set("dns_lists.set_aside", std::move(set_aside)); }

void learn_settings(Facts& configuration, const settings::Settings& settings) {
  List domains;
  domains.reserve(settings.local_domains.size());
  for (const Domain& domain : settings.local_domains) domains.push_back(domain.text());
  configuration.set("local.domains", std::move(domains));
  configuration.set("local.names", settings.local_names);
}

void learn_time(Facts& transaction, Time now) { transaction.set("now", now); }

void learn_mail(Facts& transaction, const smtp::Client& client, const Envelope& envelope,
                std::span<const Domain> local_domains) {
  transaction.set_envelope(&envelope);
  if (!client.relay) transaction.set("helo.name", client.helo);
  transaction.set("tls.version", client.tls.version);
  transaction.set("tls.cipher", client.tls.cipher);
  transaction.set("tls.client_name", client.tls.client_name);
  const Domain& domain = envelope.sender.domain();
  transaction.set("sender.address", envelope.sender);
  transaction.set("sender.domain", domain);
  transaction.set("sender.local", !domain.empty() && std::find(local_domains.begin(), local_domains.end(),
                                                               domain) != local_domains.end());
  transaction.set("sender.is_null", envelope.sender.is_null());
}

void learn_recipient(Facts& recipient, const Address& address) {
  recipient.set("rcpt.address", address);
  recipient.set("rcpt.domain", address.domain());
}

void learn_data(Facts& transaction, std::size_t recipients) {
  transaction.set("rcpt.count", static_cast<double>(recipients));
}

void learn_message(Facts& transaction, std::shared_ptr<const Message> message) {
  transaction.set("message.size", static_cast<double>(message->size()));
  transaction.set_message(std::move(message));
}

}  // namespace gateway::pipeline
