#pragma once
// One connection to a mailstore: octets out, replies in, each with its patience.

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "gateway/delivery/server_reply.h"
#include "gateway/net/descriptor.h"
#include "gateway/net/input_buffer.h"
#include "gateway/net/socket_stream.h"
#include "gateway/net/turns.h"

namespace gateway::delivery {

class Conversation {
 public:
  using Patience = std::chrono::milliseconds;

  Conversation(asio::any_io_executor executor, net::Descriptor connected);
  ~Conversation();

  // True when the kernel has all of it.  After a failure nothing but close() may follow.
  asio::awaitable<bool> send(std::string_view octets, Patience patience);
  // One whole reply; nullopt when the connection failed, the time was up or it was no reply.
  asio::awaitable<std::optional<ServerReply>> reply(Patience patience);
  asio::awaitable<bool> start_tls(const net::TlsClient& tls, const std::string& host, Patience patience);

  // Whether something came that nobody asked for, or the peer has gone.  Never waits.
  bool unexpected();
  const std::string& trouble() const { return trouble_; }  // why the last call failed
  bool timed_out() const { return timed_out_; }
  void close(std::string_view last_words = {});

 private:
  struct Alarm;
  void arm(Patience patience);
  void disarm();
  bool fail(std::string why);

  net::SocketStream stream_;
  std::shared_ptr<Alarm> alarm_;
  net::BlockPool blocks_;
  net::InputBuffer input_;
  ReplyReader reader_;
  net::Turns& turns_;
  std::string trouble_;
  bool timed_out_ = false;
};

}  // namespace gateway::delivery
