#pragma once
// A loop belongs to all its connections.  What those that move much have moved is counted together: beyond an
// allowance they queue up, and one goes on after each look of the loop for events, the one that has waited
// longest.  So a loop is held for as long as the allowance takes, however many large messages come and go.

#include <cstddef>
#include <deque>

#include "gateway/net/asio.h"

namespace gateway::net {

class Turns final : public asio::execution_context::service {
 public:
  static asio::execution_context::id id;  // as Asio asks of services

  explicit Turns(asio::execution_context& loop);  // an io_context that one thread runs

  static Turns& of(const asio::any_io_executor& executor);

  void moved(std::size_t octets) { octets_ += octets + kStep; }
  // Who has more to move should wait() first.
  bool over() const { return octets_ >= kAllowance; }
  asio::awaitable<void> wait();

 private:
  using Handler = asio::async_result<asio::use_awaitable_t<>, void()>::handler_type;

  void shutdown() noexcept override;
  void call();
  void next();

  static constexpr std::size_t kAllowance = 256 << 10;  // about a millisecond of work in new memory
  static constexpr std::size_t kStep = 1 << 10;         // what a system call or a TLS record costs besides

  asio::io_context& loop_;
  std::deque<Handler> waiting_;
  bool called_ = false;  // next() will be
  std::size_t octets_ = 0;
};

}  // namespace gateway::net
