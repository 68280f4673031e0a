#include "gateway/net/watch.h"

#include <boost/asio/steady_timer.hpp>

namespace gateway::net {

struct Watch::Timer {
  explicit Timer(asio::io_context& loop) : timer(loop) {}
  asio::steady_timer timer;
};

void Watch::advance(Time now) {
  now_ = now;
  next_ = members_.begin();
  while (next_ != members_.end()) {
    const auto current = next_++;
    (*current)(now_);
  }
}

void Watch::run(asio::io_context& loop) {
  timer_ = std::make_shared<Timer>(loop);
  arm();
}

void Watch::arm() {
  timer_->timer.expires_after(kTick);
  timer_->timer.async_wait([this, alive = std::weak_ptr(timer_)](const boost::system::error_code& error) {
    if (error || alive.expired()) return;
    arm();  // first: time goes on whatever a member does
    advance(std::chrono::steady_clock::now());
  });
}

Watch::Member::Member(Watch& watch, OnTick on_tick) : watch_(watch) {
  watch_.members_.push_back(std::move(on_tick));
  place_ = std::prev(watch_.members_.end());
}

Watch::Member::~Member() {
  if (watch_.next_ == place_) ++watch_.next_;
  watch_.members_.erase(place_);
}

}  // namespace gateway::net
