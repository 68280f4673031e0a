#pragma once
// Waits until descriptors can be read or written, for all those of one loop together.  Asio tells the kernel
// of each wait; here it is told once of each descriptor (epoll, edge-triggered), and the loop waits for the
// epoll instance.  A service of the loop: it is there as soon as someone asks for it, and as long as the
// loop.

#include <sys/epoll.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>

#include "gateway/net/asio.h"

namespace gateway::net {

class Poller final : public asio::execution_context::service {
 public:
  static asio::execution_context::id id;  // as Asio asks of services

  explicit Poller(asio::execution_context& loop);  // an io_context that one thread runs
  ~Poller() override;

  // That of the io_context whose executor this is.
  static Poller& of(const asio::any_io_executor& executor);

  enum class For { reading, writing };

  // One descriptor, closed together with its member and not before.  At most one coroutine waits for each
  // purpose.  It is made, used and destroyed on the thread of its loop.
  class Member {
   public:
    // Throws std::system_error when the kernel does not take it.
    Member(Poller& poller, int descriptor);
    ~Member();
    Member(const Member&) = delete;
    Member& operator=(const Member&) = delete;

    // Call it before each try: what happened until then is no news any more.
    void look(For purpose) { side(purpose).news = false; }
    // For who has met EAGAIN, or read less than there was room for: until there is news.  False when cancel()
    // ended the wait.
    asio::awaitable<bool> wait(For purpose);
    void cancel();
    // The peer has sent urgent data: a read that stops before it may not have taken all there is.  RFC 6093
    bool urgent() const { return urgent_; }

   private:
    friend class Poller;
    using Handler = asio::async_result<asio::use_awaitable_t<>, void(bool)>::handler_type;
    struct Side {
      bool news = false;  // nobody has looked since
      bool over = false;  // hung up or broken: no news will follow
      std::optional<Handler> waiting;
    };
    Side& side(For purpose) { return sides_[static_cast<std::size_t>(purpose)]; }
    std::optional<Handler> tell(Side& side, bool news, bool over);
    std::optional<Handler> take(Side& side);

    Poller& poller_;
    const int descriptor_;
    bool for_writing_ = false;  // rarely anyone waits for that
    bool urgent_ = false;
    std::array<Side, 2> sides_;
    std::list<Member*>::iterator place_;
  };

 private:
  struct Epoll;
  void shutdown() noexcept override;
  void arm();
  void disarm();
  void poll();
  void tell(const epoll_event& event);
  void forget(const Member& member);

  static constexpr std::size_t kEventsAtOnce = 128;

  std::unique_ptr<Epoll> epoll_;
  std::list<Member*> members_;
  std::size_t waiting_ = 0;  // how many do
  bool armed_ = false;       // the loop waits for us; only while anyone waits, or it would never end
  unsigned turn_ = 0;        // of arming: the end of an earlier wait may come late
  std::array<epoll_event, kEventsAtOnce> events_;
  std::size_t told_ = 0;   // of them
  std::size_t count_ = 0;  // all that came with the last call
};

}  // namespace gateway::net
