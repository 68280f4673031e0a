#include "gateway/delivery/server_book.h"

#include <fmt/format.h>

#include <boost/asio/this_coro.hpp>

namespace gateway::delivery {

KnownServer::KnownServer(ServerAddress address, std::shared_ptr<const SmtpManner> manner)
    : address_(std::move(address)), manner_(std::move(manner)), text_(address_.text()) {}

asio::awaitable<KnownServer::Opened> KnownServer::open() {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  Opened opened;
  opened.opening = Opening::tls_failed;
  for (bool with_tls = true; opened.opening == Opening::tls_failed; with_tls = false) {
    Result<net::Descriptor> connected = co_await connect_to(address_, manner_->patience.answer);
    if (!connected) {
      opened = {Opening::unreachable, nullptr, connected.error().text()};
      break;
    }
    opened.client = std::make_unique<SmtpClient>(manner_, address_.host, executor, *std::move(connected));
    opened.opening = co_await opened.client->open(with_tls);
    opened.trouble = opened.client->trouble();
  }
  note(opened);
  co_return opened;
}

KnownServer::News KnownServer::news() const {
  const std::lock_guard lock(mutex_);
  return news_;
}

void KnownServer::note(const Opened& opened) {
  const std::lock_guard lock(mutex_);
  news_.at = Clock::now();
  news_.answers = opened.opening == Opening::ready;
  if (news_.answers) news_.offers = opened.client->offers();
}

std::shared_ptr<KnownServer> ServerBook::find(const ServerAddress& address,
                                              std::shared_ptr<const SmtpManner> manner) {
  const std::string key = fmt::format("{} {} {} {}", manner->lmtp ? "lmtp" : "smtp",
                                      static_cast<int>(manner->tls), manner->our_name, address.text());
  const std::lock_guard lock(mutex_);
  std::erase_if(servers_, [](const auto& entry) { return entry.second.expired(); });
  std::weak_ptr<KnownServer>& entry = servers_[key];
  std::shared_ptr<KnownServer> server = entry.lock();
  if (!server) entry = server = std::make_shared<KnownServer>(address, std::move(manner));
  return server;
}

std::vector<std::shared_ptr<KnownServer>> ServerBook::in_use() {
  std::vector<std::shared_ptr<KnownServer>> all;
  const std::lock_guard lock(mutex_);
  for (const auto& [key, entry] : servers_)
    if (std::shared_ptr<KnownServer> server = entry.lock()) all.push_back(std::move(server));
  return all;
}

}  // namespace gateway::delivery
