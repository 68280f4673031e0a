#pragma once
// Puts what the gateway itself knows (policy/facts/base_facts.cpp) into the facts, as it becomes known.

#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "gateway/smtp/client.h"
#include "gateway/trace/received_client.h"
#include "gateway/vocabulary.h"

namespace gateway::settings {
struct Settings;
}

namespace gateway::pipeline {

// Phase::connect, into the session's layer: client.*, listener; of a relay all but client.ip.
void learn_client(Facts& session, const smtp::Client& client);
// Phase::headers, of a relay: client.ip and helo.name as its Received field tells, or troubled when it does
// not. DESIGN §7
void learn_client_behind(Facts& session, Facts& transaction,
                         const std::optional<trace::ReceivedClient>& client);
// Likewise: dns_lists.set_aside.
void learn_lists(Facts& session, List set_aside);
// Into the configuration's layer: local.*.
void learn_settings(Facts& configuration, const settings::Settings& settings);
// Phase::connect, into a transaction's layer: now.
void learn_time(Facts& transaction, Time now);
// Phase::mail, into the transaction's layer: helo.name (not of a relay), tls.*, sender.*.  The envelope must
// outlive the facts.
void learn_mail(Facts& transaction, const smtp::Client& client, const Envelope& envelope,
                std::span<const Domain> local_domains);
// Phase::rcpt, into the recipient's layer: rcpt.address, rcpt.domain.
void learn_recipient(Facts& recipient, const Address& address);
// Phase::data, into the transaction's layer, as all below: rcpt.count.
void learn_data(Facts& transaction, std::size_t recipients);
// Phase::headers: subject, reply_to.*, message.is_dsn; makes the header section visible to filters and rules.
void learn_headers(Facts& transaction, std::shared_ptr<const Message> message);
// Phase::message: message.size; `message` is complete and takes the place of its header section.
void learn_message(Facts& transaction, std::shared_ptr<const Message> message);

// A Content-Type value that says multipart/report with report-type=delivery-status.  RFC 6522 §3, RFC 3464 §2
bool is_delivery_report(std::string_view content_type);

}  // namespace gateway::pipeline
