#include "gateway/delivery/factory.h"

#include <fmt/format.h>

#include "gateway/delivery/deliver_or_hold.h"
#include "gateway/delivery/discard.h"
#include "gateway/delivery/maildir.h"
#include "gateway/delivery/smtp_mailstore.h"

namespace gateway::delivery {
namespace {

using Made = Result<std::shared_ptr<Mailstore>>;

Made make_smtp(const std::string& mailstore, const settings::MailstoreSettings& its,
               const settings::Settings& settings, asio::any_io_executor workers, ServerBook& book) {
  SmtpManner manner;
  manner.lmtp = its.protocol == settings::MailstoreProtocol::lmtp;
  manner.our_name = settings.hostname;
  manner.tls = its.tls;
  manner.workers = std::move(workers);
  if (its.tls != settings::MailstoreTls::off) {
    const bool verify = its.tls == settings::MailstoreTls::verify;
    auto client = net::TlsClient::make(verify ? net::TlsClient::Verify::certificate_and_name
                                              : net::TlsClient::Verify::nothing);
    if (!client) return client.error();
    manner.tls_client = *client;
  }
  std::vector<ServerAddress> servers;
  for (const std::string& text : its.servers) {
    const std::optional<ServerAddress> server = ServerAddress::parse(text);
    if (!server || (!server->path.empty() && !manner.lmtp))
      return Error(
          fmt::format("mailstore.{}: '{}' is no server; write \"10.0.0.5:25\", \"[2001:db8::1]:25\", "
                      "\"host.example.com:25\"{}",
                      mailstore, text, manner.lmtp ? " or \"unix:/path\"" : ""));
    servers.push_back(*server);
  }
  if (servers.empty()) return Error(fmt::format("mailstore.{} has no servers", mailstore));
  return std::shared_ptr<Mailstore>(
      std::make_shared<SmtpMailstore>(servers, std::move(manner), its.connections, book));
}

Made make_one(const std::string& mailstore, const settings::MailstoreSettings& its,
              const settings::Settings& settings, Disk& disk, asio::any_io_executor workers,
              ServerBook& book) {
  if (its.protocol == settings::MailstoreProtocol::discard)
    return std::shared_ptr<Mailstore>(std::make_shared<Discard>());
  if (its.protocol != settings::MailstoreProtocol::maildir)
    return make_smtp(mailstore, its, settings, std::move(workers), book);
  if (its.path.empty()) return Error(fmt::format("mailstore.{} has no path", mailstore));
  return std::shared_ptr<Mailstore>(
      std::make_shared<Maildir>(its.path, settings.hostname, disk, std::move(workers), Handler::system_time));
}

}  // namespace

Result<Mailstores> make_mailstores(const settings::Settings& settings, Disk& disk,
                                   asio::any_io_executor workers, ServerBook& book) {
  Mailstores mailstores;
  for (const auto& [mailstore, its] : settings.mailstores) {
    Made made = make_one(mailstore, its, settings, disk, workers, book);
    if (!made) return made.error();
    mailstores.emplace(mailstore, *std::move(made));
  }
  return mailstores;
}

}  // namespace gateway::delivery
