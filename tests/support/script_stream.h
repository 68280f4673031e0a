#pragma once
// A connection without a network: the test says what the client sends, reads what the server wrote, cuts the
// stream where it likes and lets any read or write fail.

#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "gateway/net/stream.h"

namespace support {

// What the two ends share; the test keeps it longer than the session lives.
struct Wire {
  std::deque<std::string> to_server;  // pieces; one read never crosses a border
  bool client_gone = false;           // no more will come
  std::string from_server;
  bool closed = false;              // by the server
  bool under_tls = false;           // a handshake was made
  std::size_t left_to_tls = 0;      // octets nobody had read when it began
  std::string tls_trouble;          // why a handshake fails; empty: it does not
  unsigned operations = 0;          // reads, writes and handshakes so far, those that would block not counted
  std::optional<unsigned> fail_at;  // this operation and all later ones fail
  unsigned most_written_at_once = 1u << 30;
  std::uint64_t window = kBoundless;  // octets the client still takes; none while it does not read

  static constexpr std::uint64_t kBoundless = ~std::uint64_t{0};
};

class ScriptStream final : public gateway::net::Stream {
 public:
  ScriptStream(gateway::asio::any_io_executor executor, std::shared_ptr<Wire> wire);

  gateway::net::Io read(std::span<char> room) override;
  gateway::net::Io write(std::string_view octets) override;
  gateway::asio::awaitable<bool> wait(gateway::net::Io::State state) override;
  void cancel() override;
  void resume() override { cancelled_ = false; }
  gateway::asio::awaitable<bool> handshake(const gateway::net::TlsServer&) override;
  gateway::net::TlsSession tls() const override;
  std::string error() const override { return wire_->tls_trouble; }
  void close() override { wire_->closed = true; }

  // The test has changed the wire.
  void notify();

 private:
  bool fails();
  bool ready(gateway::net::Io::State state) const;

  std::shared_ptr<Wire> wire_;
  gateway::asio::steady_timer changed_;
  bool cancelled_ = false;
};

}  // namespace support
