#include "gateway/net/poller.h"

#include <spdlog/spdlog.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <system_error>
#include <utility>

#include "gateway/net/at_once.h"
#include "gateway/net/loop_service.h"
#include "gateway/vocabulary.h"

namespace gateway::net {
namespace {

constexpr std::uint32_t kReading = EPOLLIN | EPOLLPRI | EPOLLRDHUP | EPOLLET;
constexpr std::uint32_t kBroken = EPOLLHUP | EPOLLERR;

void control(int epoll, int operation, int descriptor, std::uint32_t events, void* whose) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = whose;
  if (::epoll_ctl(epoll, operation, descriptor, &event) != 0)
    throw std::system_error(errno, std::generic_category(), "epoll_ctl");
}

int make_epoll() {
  const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
  return epoll;
}

}  // namespace

struct Poller::Epoll {
  explicit Epoll(asio::io_context& loop) : descriptor(loop, make_epoll()) {}
  asio::posix::stream_descriptor descriptor;
};

asio::execution_context::id Poller::id;

Poller::Poller(asio::execution_context& loop)
    : asio::execution_context::service(loop),
      epoll_(std::make_unique<Epoll>(static_cast<asio::io_context&>(loop))) {}

Poller::~Poller() = default;

Poller& Poller::of(const asio::any_io_executor& executor) { return service_of<Poller>(executor); }

// Those who wait are destroyed with their coroutines, as the loop does with all that is left.
void Poller::shutdown() noexcept {
  const std::unique_ptr<Epoll> last = std::move(epoll_);
  armed_ = false;
  for (Member* const member : std::exchange(members_, {}))
    for (Member::Side& side : member->sides_) member->take(side);
}

void Poller::arm() {
  epoll_->descriptor.async_wait(asio::posix::stream_descriptor::wait_read,
                                [this, turn = ++turn_](const boost::system::error_code& error) {
                                  if (!error && turn == turn_) poll();
                                });
  armed_ = true;
}

void Poller::disarm() {
  armed_ = false;
  ++turn_;
  boost::system::error_code ignored;
  epoll_->descriptor.cancel(ignored);
}

void Poller::poll() {
  armed_ = false;
  const int count = ::epoll_wait(epoll_->descriptor.native_handle(), events_.data(), kEventsAtOnce, 0);
  count_ = count > 0 ? static_cast<std::size_t>(count) : 0;
  for (told_ = 0; told_ < count_;) {
    const epoll_event event = events_[told_++];
    try {
      if (event.data.ptr != nullptr) tell(event);
    } catch (const std::exception& error) {  // the others of this batch would not hear of theirs again
      spdlog::error("event=handler_failed error=\"{}\"", printable(error.what()));
    }
  }
  count_ = 0;
  if (waiting_ > 0 && !armed_) arm();
}

// A member may be gone after the first of its handlers has run.
void Poller::tell(const epoll_event& event) {
  Member& member = *static_cast<Member*>(event.data.ptr);
  const bool broken = (event.events & kBroken) != 0;
  const bool half = broken || (event.events & EPOLLRDHUP) != 0;
  if ((event.events & EPOLLPRI) != 0) member.urgent_ = true;
  auto reader =
      member.tell(member.side(For::reading), half || (event.events & (EPOLLIN | EPOLLPRI)) != 0, half);
  auto writer = member.tell(member.side(For::writing), broken || (event.events & EPOLLOUT) != 0, broken);
  if (reader) (*std::move(reader))(true);
  if (writer) (*std::move(writer))(true);
}

void Poller::forget(const Member& member) {
  for (std::size_t i = told_; i < count_; ++i)
    if (events_[i].data.ptr == &member) events_[i].data.ptr = nullptr;
}

Poller::Member::Member(Poller& poller, int descriptor) : poller_(poller), descriptor_(descriptor) {
  place_ = poller_.members_.insert(poller_.members_.end(), this);
  try {
    control(poller_.epoll_->descriptor.native_handle(), EPOLL_CTL_ADD, descriptor_, kReading, this);
  } catch (...) {
    poller_.members_.erase(place_);
    throw;
  }
}

// The kernel forgets a descriptor that is closed.
Poller::Member::~Member() {
  if (!poller_.epoll_) return;  // the loop is over
  poller_.members_.erase(place_);
  poller_.forget(*this);
  for (Side& side : sides_) take(side);
  if (poller_.waiting_ == 0 && poller_.armed_) poller_.disarm();
}

asio::awaitable<bool> Poller::Member::wait(For purpose) {
  if (purpose == For::writing && !for_writing_) {
    control(poller_.epoll_->descriptor.native_handle(), EPOLL_CTL_MOD, descriptor_, kReading | EPOLLOUT,
            this);
    for_writing_ = true;
  }
  Side& mine = side(purpose);
  if (std::exchange(mine.news, false) || mine.over) return at_once(true);
  const auto begin = [this, &mine](Handler handler) {
    mine.waiting.emplace(std::move(handler));
    ++poller_.waiting_;
    if (!poller_.armed_) poller_.arm();
  };
  return asio::async_initiate<const asio::use_awaitable_t<>&, void(bool)>(begin, asio::use_awaitable);
}

// The one who waits goes on later: whoever cancels is in the middle of something.
void Poller::Member::cancel() {
  if (!poller_.epoll_) return;
  for (Side& side : sides_)
    if (auto handler = take(side))
      asio::post(poller_.epoll_->descriptor.get_executor(),
                 [handler = *std::move(handler)]() mutable { std::move(handler)(false); });
  if (poller_.waiting_ == 0 && poller_.armed_) poller_.disarm();
}

std::optional<Poller::Member::Handler> Poller::Member::tell(Side& side, bool news, bool over) {
  side.over = side.over || over;
  if (!news) return std::nullopt;
  auto handler = take(side);
  side.news = !handler;
  return handler;
}

std::optional<Poller::Member::Handler> Poller::Member::take(Side& side) {
  if (!side.waiting) return std::nullopt;
  --poller_.waiting_;
  std::optional<Handler> handler = std::move(side.waiting);
  side.waiting.reset();
  return handler;
}

}  // namespace gateway::net
