#include "gateway/delivery/conversation.h"

#include <boost/asio/steady_timer.hpp>
#include <utility>

namespace gateway::delivery {
namespace {

constexpr std::size_t kInputOctets = 4 << 10;
constexpr std::size_t kSmall = 16 << 10;  // goes out whoever else is sending

bool waits(const net::Io& io) {
  return io.state == net::Io::State::wait_read || io.state == net::Io::State::wait_write;
}

}  // namespace

// Outlives the conversation while its timer's last call is under way.
struct Conversation::Alarm {
  explicit Alarm(const asio::any_io_executor& executor) : timer(executor) {}
  asio::steady_timer timer;
  unsigned turn = 0;  // an alarm of an earlier turn is not for us
  Conversation* owner = nullptr;
};

Conversation::Conversation(asio::any_io_executor executor, net::Descriptor connected)
    : stream_(executor, std::move(connected)),
      alarm_(std::make_shared<Alarm>(executor)),
      blocks_(kInputOctets, 1),
      input_(blocks_),
      turns_(net::Turns::of(executor)) {
  alarm_->owner = this;
}

Conversation::~Conversation() {
  disarm();
  alarm_->owner = nullptr;
}

void Conversation::arm(Patience patience) {
  alarm_->timer.expires_after(patience);
  alarm_->timer.async_wait([alarm = alarm_, turn = ++alarm_->turn](const boost::system::error_code& error) {
    if (error || alarm->owner == nullptr || alarm->turn != turn) return;
    alarm->owner->timed_out_ = true;
    alarm->owner->stream_.cancel();
  });
}

void Conversation::disarm() {
  ++alarm_->turn;
  alarm_->timer.cancel();
}

bool Conversation::fail(std::string why) {
  disarm();
  trouble_ = timed_out_ ? "no answer in time" : std::move(why);
  return false;
}

asio::awaitable<bool> Conversation::send(std::string_view octets, Patience patience) {
  arm(patience);
  while (!octets.empty()) {
    if (turns_.over() && octets.size() > kSmall) {
      co_await turns_.wait();
      if (timed_out_) co_return fail({});
    }
    const net::Io io = stream_.write(octets);
    octets.remove_prefix(io.octets);
    turns_.moved(io.octets);
    if (io.state == net::Io::State::done) continue;
    const bool ready = waits(io) && co_await stream_.wait(io.state);
    if (!ready) co_return fail("the connection was lost while sending");
  }
  disarm();
  co_return true;
}

asio::awaitable<std::optional<ServerReply>> Conversation::reply(Patience patience) {
  arm(patience);  // for the whole reply, however slowly it drips
  for (;;) {
    std::string_view pending = input_.pending();
    const std::size_t before = pending.size();
    const ReplyReader::State state = reader_.take(pending);
    input_.consume(before - pending.size());
    if (state == ReplyReader::State::done) break;
    if (state == ReplyReader::State::broken) {
      fail("what came was no SMTP reply");
      co_return std::nullopt;
    }
    const net::Io io = stream_.read(input_.room());
    if (io.state == net::Io::State::done) {
      input_.filled(io.octets);
      continue;
    }
    const bool ready = waits(io) && co_await stream_.wait(io.state);
    if (ready) continue;
    fail("the connection was lost");
    co_return std::nullopt;
  }
  disarm();
  co_return reader_.reply();
}

asio::awaitable<bool> Conversation::start_tls(const net::TlsClient& tls, const std::string& host,
                                              Patience patience) {
  // What was said in clear behind the 220 must not count as said under TLS.  RFC 3207 §5
  if (!input_.empty()) co_return fail("octets came between STARTTLS and TLS");
  arm(patience);
  const bool done = co_await stream_.connect_tls(tls, host);
  if (!done) co_return fail("TLS: " + stream_.error());
  disarm();
  co_return true;
}

bool Conversation::unexpected() {
  if (!input_.empty()) return true;
  char octet = 0;
  const net::Io io = stream_.read({&octet, 1});
  return !waits(io);
}

void Conversation::close(std::string_view last_words) {
  disarm();
  if (!last_words.empty()) stream_.write(last_words);
  stream_.close();
}

}  // namespace gateway::delivery
