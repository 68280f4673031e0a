#include "gateway/delivery/claims.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

namespace gateway::delivery {

struct Claims::State {
  std::set<Path> taken;
  std::list<asio::steady_timer*> waiting;
};

Claims::Claims() : state_(std::make_shared<State>()) {}

Claims::Claim::~Claim() {
  if (!state_) return;
  state_->taken.erase(path_);
  for (asio::steady_timer* const one : state_->waiting) one->cancel();  // each looks for itself
}

std::optional<Claims::Claim> Claims::try_take(const Path& path) {
  if (!state_->taken.insert(path).second) return std::nullopt;
  return Claim(state_, path);
}

asio::awaitable<Claims::Claim> Claims::take(Path path) { return take(state_, std::move(path)); }

asio::awaitable<Claims::Claim> Claims::take(std::shared_ptr<State> state, Path path) {
  while (!state->taken.insert(path).second) {
    asio::steady_timer timer(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
    struct Place {  // in the row, also when the coroutine is dropped
      std::list<asio::steady_timer*>& row;
      std::list<asio::steady_timer*>::iterator at;
      ~Place() { row.erase(at); }
    };
    const Place place{state->waiting, state->waiting.insert(state->waiting.end(), &timer)};
    boost::system::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  co_return Claim(state, std::move(path));
}

}  // namespace gateway::delivery
