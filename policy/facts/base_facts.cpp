#include "policy/facts/base_facts.h"

namespace policy::inline facts {
namespace {

using enum Phase;
using enum Owner;

constexpr FactSpec kBaseFacts[] = {
    {"client.ip", Type::ip, connect, session, "address of the client"},
    {"client.early_talker", Type::boolean, connect, session, "the client spoke before our greeting"},
    {"client.trusted", Type::boolean, connect, session, "the client is in networks.trusted"},
    {"client.relay", Type::boolean, connect, session, "the client is in networks.relays"},
    {"dns_lists.set_aside", Type::list, connect, session,
     "DNS lists that are not asked now, each with the reason: \"zen: it lists 127.0.0.1\""},
    {"listener", Type::text, connect, session, "the listener's address and port"},
    {"helo.name", Type::text, mail, transaction, "what the client called itself in EHLO or HELO"},
    {"tls.version", Type::text, mail, transaction, "TLS version, such as TLSv1.3; empty in clear"},
    {"tls.cipher", Type::text, mail, transaction, "TLS cipher suite; empty in clear"},
    {"tls.client_name", Type::text, mail, transaction,
     "name in the client's verified certificate; empty without one"},
    {"sender.address", Type::address, mail, transaction, "envelope sender (MAIL FROM)"},
    {"sender.domain", Type::domain, mail, transaction, "domain of the envelope sender; empty for <>"},
    {"sender.local", Type::boolean, mail, transaction,
     "the envelope sender's domain is one of local.domains"},
    {"sender.is_null", Type::boolean, mail, transaction, "the envelope sender is <>, as in bounces"},
    {"rcpt.address", Type::address, rcpt, recipient, "this recipient"},
    {"rcpt.domain", Type::domain, rcpt, recipient, "this recipient's domain"},
    {"rcpt.count", Type::number, data, transaction, "number of recipients accepted"},
    {"reply_to.address", Type::address, headers, transaction, "first address in Reply-To; <> without one"},
    {"reply_to.domain", Type::domain, headers, transaction, "domain of the first address in Reply-To"},
    {"subject", Type::text, headers, transaction, "Subject, decoded: the first 8 KiB of it"},
    {"message.is_dsn", Type::boolean, headers, transaction,
     "a delivery report: multipart/report with report-type delivery-status"},
    {"message.size", Type::number, message, transaction, "octets of the whole message"},
    {"local.domains", Type::list, connect, configuration, "the domains we receive mail for", Type::domain},
    {"local.names", Type::list, connect, configuration, "names of local people, for look-alikes"},
    {"now", Type::time, connect, transaction, "the time of MAIL (of the connection until then)"},
    {"score", Type::number, message, recipient, "the total of all scores, known after the last rule"},
};

}  // namespace

std::span<const FactSpec> base_facts() { return kBaseFacts; }

}  // namespace policy::inline facts
