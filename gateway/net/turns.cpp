#include "gateway/net/turns.h"

#include <boost/asio/post.hpp>
#include <utility>

#include "gateway/net/loop_service.h"

namespace gateway::net {

asio::execution_context::id Turns::id;

Turns::Turns(asio::execution_context& loop)
    : asio::execution_context::service(loop), loop_(static_cast<asio::io_context&>(loop)) {}

Turns& Turns::of(const asio::any_io_executor& executor) { return service_of<Turns>(executor); }

// Those who wait are destroyed with their coroutines, as the loop does with all that is left.
void Turns::shutdown() noexcept { std::exchange(waiting_, {}).clear(); }

asio::awaitable<void> Turns::wait() {
  const auto begin = [this](Handler handler) {
    waiting_.push_back(std::move(handler));
    if (!called_) call();
  };
  return asio::async_initiate<const asio::use_awaitable_t<>&, void()>(begin, asio::use_awaitable);
}

// Between what is posted here and what runs now the loop looks for events.
void Turns::call() {
  asio::post(loop_, [this] { next(); });
  called_ = true;
}

void Turns::next() {
  called_ = false;
  octets_ = 0;
  Handler handler = std::move(waiting_.front());
  waiting_.pop_front();
  if (!waiting_.empty()) call();
  std::move(handler)();
}

}  // namespace gateway::net
