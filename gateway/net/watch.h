#pragma once
// The deadlines of one event loop: looked at once a second, so that no operation needs a timer of its own.
// A test advances the time itself.

#include <chrono>
#include <functional>
#include <list>
#include <memory>

#include "gateway/net/asio.h"

namespace gateway::net {

class Watch {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using OnTick = std::function<void(Time now)>;
  static constexpr std::chrono::seconds kTick{1};

  explicit Watch(Time now = std::chrono::steady_clock::now()) : now_(now) {}
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  Time now() const { return now_; }  // as of the last tick

  // Calls everybody who joined.  They may leave meanwhile.
  void advance(Time now);

  // Ticks once a second until the loop stops or stop() is called, which must be before the loop is destroyed:
  // members may live as long as the loop, the timer must not.
  void run(asio::io_context& loop);
  void stop() { timer_.reset(); }

  // Joined as long as it lives, which must not be longer than the watch.
  class Member {
   public:
    Member(Watch& watch, OnTick on_tick);
    ~Member();
    Member(const Member&) = delete;
    Member& operator=(const Member&) = delete;

   private:
    Watch& watch_;
    std::list<OnTick>::iterator place_;
  };

 private:
  struct Timer;
  void arm();

  Time now_;
  std::list<OnTick> members_;
  std::list<OnTick>::iterator next_ = members_.end();  // of a tick under way
  std::shared_ptr<Timer> timer_;
};

}  // namespace gateway::net
