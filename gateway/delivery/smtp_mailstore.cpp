#include "gateway/delivery/smtp_mailstore.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/this_coro.hpp>

namespace gateway::delivery {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds kTriedLast{60};  // after it could not be reached

std::string text_of(const ServerAddress& address) {
  if (!address.path.empty()) return "unix:" + address.path;
  const bool v6 = address.host.find(':') != std::string::npos;
  return fmt::format("{}{}{}:{}", v6 ? "[" : "", address.host, v6 ? "]" : "", address.port);
}

DeliveryReport unreachable(const Parcel& parcel, const std::string& why) {
  DeliveryReport report;
  report.unreachable = true;
  report.detail = why;
  report.recipients.assign(parcel.recipients.size(), Delivered{Fate::failed_for_now, 0, {}, why});
  return report;
}

}  // namespace

struct SmtpMailstore::Server {
  Server(ServerAddress its_address, unsigned connections)
      : address(std::move(its_address)),
        text(text_of(address)),
        pool(std::make_shared<ConnectionPool>(connections)) {}

  ServerAddress address;
  std::string text;
  std::shared_ptr<ConnectionPool> pool;
  std::atomic<Clock::duration> tried_last_until{Clock::duration::min()};
};

SmtpMailstore::SmtpMailstore(const std::vector<ServerAddress>& servers, SmtpManner manner,
                             unsigned connections)
    : manner_(std::make_shared<const SmtpManner>(std::move(manner))) {
  for (const ServerAddress& address : servers)
    servers_.push_back(std::make_unique<Server>(address, connections));
}

SmtpMailstore::~SmtpMailstore() = default;

asio::awaitable<DeliveryReport> SmtpMailstore::deliver(const Parcel& parcel) {
  std::vector<Server*> order;
  for (const auto& server : servers_) order.push_back(server.get());
  const Clock::duration now = Clock::now().time_since_epoch();
  std::stable_partition(order.begin(), order.end(),
                        [now](Server* server) { return server->tried_last_until.load() <= now; });

  DeliveryReport report = unreachable(parcel, "no server is configured");
  for (std::size_t i = 0; i < order.size(); ++i) {
    Server& server = *order[i];
    Attempt attempt = co_await try_server(server, parcel);
    attempt.report.server = server.text;
    const bool answered = !attempt.report.unreachable;
    server.tried_last_until =
        answered ? Clock::duration::min() : Clock::now().time_since_epoch() + kTriedLast;
    if (!attempt.ask_next) co_return std::move(attempt.report);
    // Somebody's answer says more than somebody else's silence.
    if (answered || report.unreachable) report = std::move(attempt.report);
  }
  co_return report;
}

asio::awaitable<SmtpMailstore::Attempt> SmtpMailstore::try_server(Server& server, const Parcel& parcel) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  const std::optional<ConnectionPool::Slot> slot = co_await server.pool->slot(manner_->patience.answer);
  if (!slot) co_return Attempt{unreachable(parcel, "all connections are in use"), true};
  std::unique_ptr<SmtpClient> pooled = server.pool->take(executor);
  if (pooled) {
    Attempt attempt;
    attempt.report = co_await pooled->deliver(parcel);
    if (!pooled->ended_early()) {
      server.pool->put_back(executor, std::move(pooled));
      co_return attempt;
    }
    pooled.reset();  // it may have been closed just before: once afresh, DESIGN §9
  }
  co_return co_await try_afresh(server, parcel);
}

asio::awaitable<SmtpMailstore::Attempt> SmtpMailstore::try_afresh(Server& server, const Parcel& parcel) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  std::unique_ptr<SmtpClient> client;
  Opening opening = Opening::tls_failed;
  for (bool with_tls = true; opening == Opening::tls_failed; with_tls = false) {
    Result<net::Descriptor> connected = co_await connect_to(server.address, manner_->patience.answer);
    if (!connected) co_return Attempt{unreachable(parcel, connected.error().text()), true};
    client = std::make_unique<SmtpClient>(manner_, server.address.host, executor, *std::move(connected));
    opening = co_await client->open(with_tls);
  }
  if (opening != Opening::ready) co_return not_opened(parcel, opening, *client);
  Attempt attempt;
  attempt.report = co_await client->deliver(parcel);
  attempt.ask_next = client->ended_early();
  server.pool->put_back(executor, std::move(client));
  co_return attempt;
}

SmtpMailstore::Attempt SmtpMailstore::not_opened(const Parcel& parcel, Opening opening,
                                                 const SmtpClient& client) {
  Attempt attempt{unreachable(parcel, client.trouble()), true};
  attempt.report.unreachable = opening == Opening::unreachable;
  attempt.report.refuses_us = opening == Opening::refuses_us;
  if (const std::optional<ServerReply>& reply = client.refusal()) {
    const Delivered copy{Fate::failed_for_now, reply->code, reply->enhanced, reply->text()};
    attempt.report.recipients.assign(parcel.recipients.size(), copy);
  }
  return attempt;
}

}  // namespace gateway::delivery
