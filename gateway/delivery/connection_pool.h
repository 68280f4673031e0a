#pragma once
// The connections to one server: how many there may be, and those that wait for the next message.  Shared by
// all loops; a connection stays on the loop it was made on.  Must be destroyed before the loops are.

#include <chrono>
#include <deque>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "gateway/delivery/pool_counts.h"
#include "gateway/delivery/smtp_client.h"

namespace gateway::delivery {

class ConnectionPool : public std::enable_shared_from_this<ConnectionPool> {
 public:
  explicit ConnectionPool(unsigned most) : most_(most == 0 ? 1 : most) {}
  ~ConnectionPool();
  ConnectionPool(const ConnectionPool&) = delete;
  ConnectionPool& operator=(const ConnectionPool&) = delete;

  // The right to use one connection, given back at its end.  It keeps the pool: a delivery that is dropped
  // with its loop may outlive the mailstore.
  class Slot {
   public:
    explicit Slot(std::shared_ptr<ConnectionPool> pool) : pool_(std::move(pool)) {}
    Slot(Slot&& other) noexcept = default;
    Slot& operator=(Slot&& other) = delete;
    ~Slot() {
      if (pool_) pool_->release();
    }

   private:
    std::shared_ptr<ConnectionPool> pool_;
  };

  // Waits for its turn where all are in use; nullopt when that takes longer than `patience`.
  asio::awaitable<std::optional<Slot>> slot(std::chrono::milliseconds patience);

  // A connection of this loop that is still open; null when there is none.
  std::unique_ptr<SmtpClient> take(const asio::any_io_executor& executor);
  void put_back(const asio::any_io_executor& executor, std::unique_ptr<SmtpClient> client);

  PoolCounts counts() const;

 private:
  using Clock = std::chrono::steady_clock;
  struct Idle {
    asio::any_io_executor executor;
    std::unique_ptr<SmtpClient> client;
    Clock::time_point since;
  };
  struct Waiter;
  void release();
  static void close(std::vector<Idle> spare);  // each on its own loop

  const unsigned most_;
  mutable std::mutex mutex_;
  unsigned in_use_ = 0;
  std::deque<Idle> idle_;  // the oldest first
  std::list<std::shared_ptr<Waiter>> waiters_;
};

}  // namespace gateway::delivery
