#include "gateway/delivery/smtp_mailstore.h"

#include <algorithm>
#include <boost/asio/this_coro.hpp>

namespace gateway::delivery {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds kTriedLast{60};  // after it could not be reached

DeliveryReport unreachable(const Parcel& parcel, const std::string& why) {
  DeliveryReport report;
  report.unreachable = true;
  report.detail = why;
  report.recipients.assign(parcel.recipients.size(), Delivered{Fate::failed_for_now, 0, {}, why});
  return report;
}

}  // namespace

struct SmtpMailstore::Server {
  Server(std::shared_ptr<KnownServer> its, unsigned connections)
      : known(std::move(its)), pool(std::make_shared<ConnectionPool>(connections)) {}

  const std::shared_ptr<KnownServer> known;
  const std::shared_ptr<ConnectionPool> pool;
  std::atomic<Clock::duration> tried_last_until{Clock::duration::min()};
};

SmtpMailstore::SmtpMailstore(const std::vector<ServerAddress>& servers, SmtpManner manner,
                             unsigned connections, ServerBook& book)
    : manner_(std::make_shared<const SmtpManner>(std::move(manner))) {
  for (const ServerAddress& address : servers)
    servers_.push_back(std::make_unique<Server>(book.find(address, manner_), connections));
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
    attempt.report.server = server.known->text();
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
      attempt.ask_next = pooled->lacking();
      server.pool->put_back(executor, std::move(pooled));
      co_return attempt;
    }
    pooled.reset();  // it may have been closed just before: once afresh, DESIGN §9
  }
  co_return co_await try_afresh(server, parcel);
}

asio::awaitable<SmtpMailstore::Attempt> SmtpMailstore::try_afresh(Server& server, const Parcel& parcel) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  KnownServer::Opened opened = co_await server.known->open();
  if (opened.opening != Opening::ready) co_return not_opened(parcel, opened);
  Attempt attempt;
  attempt.report = co_await opened.client->deliver(parcel);
  attempt.ask_next = opened.client->ended_early() || opened.client->lacking();
  server.pool->put_back(executor, std::move(opened.client));
  co_return attempt;
}

SmtpMailstore::Attempt SmtpMailstore::not_opened(const Parcel& parcel, const KnownServer::Opened& opened) {
  Attempt attempt{unreachable(parcel, opened.trouble), true};
  attempt.report.unreachable = opened.opening == Opening::unreachable;
  attempt.report.refuses_us = opened.opening == Opening::refuses_us;
  if (!opened.client) return attempt;
  if (const std::optional<ServerReply>& reply = opened.client->refusal()) {
    const Delivered copy{Fate::failed_for_now, reply->code, reply->enhanced, reply->text()};
    attempt.report.recipients.assign(parcel.recipients.size(), copy);
  }
  return attempt;
}

// Any of the servers may get the next message.
smtp::Offers SmtpMailstore::offers() const {
  std::optional<smtp::Offers> all;
  std::uint64_t least = 0;  // of the sizes said, also by those that do not answer now
  for (const auto& server : servers_) {
    const KnownServer::News news = server->known->news();
    const std::uint64_t most = news.offers.most_octets;
    if (most > 0 && (least == 0 || most < least)) least = most;
    if (!news.answers) continue;
    if (all)
      all->keep_common(news.offers);
    else
      all = news.offers;
  }
  smtp::Offers offers = all.value_or(smtp::Offers());
  offers.most_octets = least;
  return offers;
}

std::map<std::string, PoolCounts> SmtpMailstore::connections() const {
  std::map<std::string, PoolCounts> all;
  for (const auto& server : servers_) all.emplace(server->known->text(), server->pool->counts());
  return all;
}

}  // namespace gateway::delivery
