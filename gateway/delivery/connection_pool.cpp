#include "gateway/delivery/connection_pool.h"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <iterator>

namespace gateway::delivery {
namespace {

constexpr std::chrono::seconds kLongestIdle{30};  // servers hang up on idle clients

}  // namespace

struct ConnectionPool::Waiter {
  explicit Waiter(const asio::any_io_executor& executor) : timer(executor) {}
  asio::steady_timer timer;
  bool granted = false;  // under the pool's mutex
};

// After a reload, say, on whatever thread let go of it last.
ConnectionPool::~ConnectionPool() {
  close({std::make_move_iterator(idle_.begin()), std::make_move_iterator(idle_.end())});
}

asio::awaitable<std::optional<ConnectionPool::Slot>> ConnectionPool::slot(
    std::chrono::milliseconds patience) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  std::shared_ptr<Waiter> waiter;
  {
    const std::lock_guard lock(mutex_);
    if (in_use_ < most_) {
      ++in_use_;
      co_return std::optional<Slot>(std::in_place, shared_from_this());
    }
    waiter = std::make_shared<Waiter>(executor);
    waiter->timer.expires_after(patience);
    waiters_.push_back(waiter);
  }
  boost::system::error_code ignored;
  co_await waiter->timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  const std::lock_guard lock(mutex_);
  waiters_.remove(waiter);
  if (!waiter->granted) co_return std::nullopt;
  co_return std::optional<Slot>(std::in_place, shared_from_this());
}

void ConnectionPool::release() {
  const std::lock_guard lock(mutex_);
  if (waiters_.empty()) {
    --in_use_;
    return;
  }
  const std::shared_ptr<Waiter> next = waiters_.front();
  waiters_.pop_front();
  next->granted = true;  // the slot goes from hand to hand
  // On its own loop: its wait has begun by then.
  asio::post(next->timer.get_executor(), [next] { next->timer.cancel(); });
}

std::unique_ptr<SmtpClient> ConnectionPool::take(const asio::any_io_executor& executor) {
  const Clock::time_point now = Clock::now();
  std::vector<Idle> spare;
  std::unique_ptr<SmtpClient> found;
  {
    const std::lock_guard lock(mutex_);
    while (!idle_.empty() && now - idle_.front().since > kLongestIdle) {
      spare.push_back(std::move(idle_.front()));
      idle_.pop_front();
    }
    for (auto at = idle_.rbegin(); at != idle_.rend() && !found; ++at) {
      if (at->executor != executor) continue;
      found = std::move(at->client);
      idle_.erase(std::next(at).base());
      break;
    }
    // A new connection will be made: those in use and those that wait stay below the limit.
    while (!found && !idle_.empty() && in_use_ + idle_.size() > most_) {
      spare.push_back(std::move(idle_.front()));
      idle_.pop_front();
    }
  }
  close(std::move(spare));
  if (found && !found->fresh()) return take(executor);
  return found;
}

void ConnectionPool::put_back(const asio::any_io_executor& executor, std::unique_ptr<SmtpClient> client) {
  if (!client->usable()) return;
  const std::lock_guard lock(mutex_);
  idle_.push_back({executor, std::move(client), Clock::now()});
}

PoolCounts ConnectionPool::counts() const {
  const std::lock_guard lock(mutex_);
  return {most_, in_use_, static_cast<unsigned>(idle_.size()), static_cast<unsigned>(waiters_.size())};
}

void ConnectionPool::close(std::vector<Idle> spare) {
  for (Idle& one : spare) {
    const asio::any_io_executor executor = one.executor;
    asio::post(executor, [client = std::move(one.client)] {});
  }
}

}  // namespace gateway::delivery
