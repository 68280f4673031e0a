#pragma once
// A session's two buffers over its stream, and its one deadline.  Replies wait in the output until nothing is
// left to read, so that a pipelined batch costs one read and one write.  RFC 2920

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/net/input_buffer.h"
#include "gateway/net/stream.h"
#include "gateway/net/turns.h"
#include "gateway/net/watch.h"
#include "gateway/settings/settings.h"
#include "gateway/smtp/reply.h"

namespace gateway::smtp {

class Channel {
 public:
  enum class End { none, closed, lost, timed_out, too_slow, finishing };  // why no more can be read
  enum class Interruptible { no, yes };
  static constexpr std::size_t kAny = static_cast<std::size_t>(-1);

  Channel(std::unique_ptr<net::Stream> stream, net::Watch& watch, net::BlockPool& blocks, net::Turns& turns,
          const settings::Limits& limits);

  net::InputBuffer& input() { return input_; }
  void say(const Reply& reply);

  // Sends what was said.  False when the connection is over.
  asio::awaitable<bool> flush();
  // Flushes, then reads at least one octet before the deadline.  False when there will be no more.
  asio::awaitable<bool> fill(Interruptible interruptible, std::size_t most = kAny);
  // Reads if the client speaks within that time, which is rounded up to the ticks of the watch.  False when
  // the connection is over or the session is to end.
  asio::awaitable<bool> listen_for(std::chrono::milliseconds time);
  // Whether the client has said something already; never waits.
  bool peek();
  // Before a wait for others than the client, with no view of the input held: memory that is scarce is given
  // back at once, the rest with the next tick of the watch.
  void rest();
  // Says this with the connection at its end, behind what was said and is not sent: perhaps the promise of a
  // message.  As much as the connection takes; nobody waits for it.
  void last_words(const Reply& reply);
  asio::awaitable<bool> handshake(const net::TlsServer& tls);
  net::TlsSession tls() const { return stream_->tls(); }
  std::string tls_error() const { return stream_->error(); }
  void close() { stream_->close(); }

  // The client has that long from now.
  void due_in(std::chrono::seconds patience) { due_ = watch_.now() + patience; }
  // Data comes in: a minimum rate is asked for.
  void begin_data();
  void end_data() { in_data_ = false; }

  // Stops reading at the next interruptible moment; now, if this is one.
  void interrupt();
  // Ends every wait for the client.  False when it is not the client that is waited for.
  bool cut();
  bool interrupted() const { return interrupted_; }
  End end() const { return end_; }
  // What was said last; of a reply of several lines the first.
  std::string_view last_said() const { return last_said_; }

 private:
  asio::awaitable<bool> wait(net::Io::State state);
  asio::awaitable<void> give_way();
  void tick(net::Watch::Time now);
  void expire(End why);

  std::unique_ptr<net::Stream> stream_;
  net::Watch& watch_;
  net::Turns& turns_;
  net::InputBuffer input_;
  std::string output_;
  std::string last_said_;
  std::chrono::seconds write_wait_;
  std::uint64_t octets_a_minute_;

  net::Watch::Time session_due_;
  net::Watch::Time due_;
  net::Watch::Time minute_begins_;
  std::uint64_t octets_this_minute_ = 0;
  bool in_data_ = false;
  bool waiting_ = false;
  bool interruptible_ = false;
  bool interrupted_ = false;
  unsigned reads_without_wait_ = 0;
  End end_ = End::none;
  net::Watch::Member member_;  // last: it calls the others
};

}  // namespace gateway::smtp
