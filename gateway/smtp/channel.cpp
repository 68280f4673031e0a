#include "gateway/smtp/channel.h"

#include "gateway/net/tls.h"

namespace gateway::smtp {
namespace {

constexpr unsigned kReadsAtOnce = 32;  // of commands, which are soon done with

}  // namespace

Channel::Channel(std::unique_ptr<net::Stream> stream, net::Watch& watch, net::BlockPool& blocks,
                 net::Turns& turns, const settings::Limits& limits)
    : stream_(std::move(stream)),
      watch_(watch),
      turns_(turns),
      input_(blocks),
      write_wait_(limits.command_wait),
      octets_a_minute_(limits.data_rate * 60),
      session_due_(watch.now() + limits.session),
      due_(watch.now() + limits.command_wait),
      member_(watch, [this](net::Watch::Time now) { tick(now); }) {}

// The octets are in the output already: no reply is formatted twice.
void Channel::say(const Reply& reply) {
  const std::size_t begin = output_.size();
  reply.append_to(output_);
  last_said_.assign(output_, begin, output_.find('\r', begin) - begin);
  last_said_[3] = ' ';  // behind the code; a dash where more lines follow
}

asio::awaitable<bool> Channel::flush() {
  if (end_ != End::none) co_return false;
  std::size_t sent = 0;
  const net::Watch::Time due = due_;
  while (sent < output_.size()) {
    const net::Io io = stream_->write(std::string_view(output_).substr(sent));
    sent += io.octets;
    if (io.state == net::Io::State::done) continue;
    due_ = watch_.now() + write_wait_;
    if (!co_await wait(io.state)) break;
  }
  due_ = due;
  output_.erase(0, sent);
  co_return end_ == End::none;
}

asio::awaitable<bool> Channel::fill(Interruptible interruptible, std::size_t most) {
  if (!output_.empty() && !co_await flush()) co_return false;
  if (in_data_ ? turns_.over() : reads_without_wait_ >= kReadsAtOnce) co_await give_way();
  while (end_ == End::none) {
    net::Io io{net::Io::State::wait_read};
    if (!stream_->drained()) {
      const std::span<char> room = input_.room();
      io = stream_->read(room.first(std::min(room.size(), most)));
    }
    if (io.state == net::Io::State::done) {
      input_.filled(io.octets);
      octets_this_minute_ += io.octets;
      turns_.moved(io.octets);
      ++reads_without_wait_;
      co_return true;
    }
    if (interrupted_ && interruptible == Interruptible::yes) end_ = End::finishing;
    input_.park();
    if (output_.empty()) output_ = std::string();
    interruptible_ = interruptible == Interruptible::yes;
    co_await wait(io.state);
    interruptible_ = false;
  }
  co_return false;
}

asio::awaitable<bool> Channel::listen_for(std::chrono::milliseconds time) {
  due_ = watch_.now() + net::Watch::kTick + time;  // the last tick may be that long ago
  const bool spoke = co_await fill(Interruptible::yes);
  if (spoke || end_ != End::timed_out) co_return spoke;
  end_ = End::none;  // it has kept silent, as it should
  stream_->resume();
  co_return true;
}

// True when the stream is ready; otherwise end_ says why not.
asio::awaitable<bool> Channel::wait(net::Io::State state) {
  const bool waits = state == net::Io::State::wait_read || state == net::Io::State::wait_write;
  if (end_ != End::none) co_return false;
  reads_without_wait_ = 0;
  waiting_ = true;
  const bool ready = waits && co_await stream_->wait(state);
  waiting_ = false;
  if (!ready && end_ == End::none) end_ = state == net::Io::State::closed ? End::closed : End::lost;
  co_return ready&& end_ == End::none;
}

// Who never has to wait for the client has an end, too.
asio::awaitable<void> Channel::give_way() {
  reads_without_wait_ = 0;
  rest();
  co_await turns_.wait();
  if (watch_.now() >= session_due_) expire(End::timed_out);
}

bool Channel::peek() {
  if (!input_.empty()) return true;
  const net::Io io = stream_->read(input_.room());
  if (io.state == net::Io::State::done) input_.filled(io.octets);
  return io.state == net::Io::State::done;
}

void Channel::rest() { input_.park_if_scarce(); }

void Channel::last_words(const Reply& reply) {
  stream_->resume();
  say(reply);
  for (std::string_view rest = output_; !rest.empty();) {
    const net::Io io = stream_->write(rest);
    if (io.state != net::Io::State::done) break;
    rest.remove_prefix(io.octets);
  }
  output_.clear();
}

asio::awaitable<bool> Channel::handshake(const net::TlsServer& tls) {
  if (interrupted_ && end_ == End::none) end_ = End::finishing;
  if (end_ != End::none) co_return false;
  waiting_ = interruptible_ = true;
  const bool done = co_await stream_->handshake(tls);
  waiting_ = interruptible_ = false;
  if (!done && end_ == End::none) end_ = End::lost;
  co_return done&& end_ == End::none;
}

void Channel::begin_data() {
  in_data_ = true;
  minute_begins_ = watch_.now();
  octets_this_minute_ = input_.pending().size();
}

void Channel::interrupt() {
  interrupted_ = true;
  if (interruptible_) expire(End::finishing);
}

bool Channel::cut() {
  interrupted_ = true;
  if (!waiting_) return false;
  expire(End::finishing);
  return true;
}

void Channel::tick(net::Watch::Time now) {
  if (!waiting_) return input_.park();  // the client is not the one we wait for
  if (now >= due_ || now >= session_due_) return expire(End::timed_out);
  if (!in_data_ || now - minute_begins_ < std::chrono::minutes(1)) return;
  if (octets_this_minute_ < octets_a_minute_) return expire(End::too_slow);
  minute_begins_ = now;
  octets_this_minute_ = 0;
}

void Channel::expire(End why) {
  if (end_ != End::none) return;
  end_ = why;
  stream_->cancel();
}

}  // namespace gateway::smtp
