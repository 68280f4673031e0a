#pragma once
// A TCP connection, in clear or under TLS.  OpenSSL works on the descriptor itself, so SIGPIPE must be
// ignored in the whole process.

#include <memory>

#include "gateway/net/descriptor.h"
#include "gateway/net/poller.h"
#include "gateway/net/stream.h"
#include "gateway/net/tls.h"

namespace gateway::net {

class SocketStream final : public Stream {
 public:
  // Takes the connected descriptor over and makes it non-blocking.  Should that throw, it is still the
  // caller's.
  SocketStream(const asio::any_io_executor& executor, Descriptor&& connected);

  Io read(std::span<char> room) override;
  bool drained() const override { return drained_ && !(member_ && member_->urgent()); }
  Io write(std::string_view octets) override;
  asio::awaitable<bool> wait(Io::State state) override;
  void cancel() override;
  void resume() override { cancelled_ = false; }
  asio::awaitable<bool> handshake(const TlsServer& tls) override;
  // The client's side; `error()` says what went wrong.
  asio::awaitable<bool> connect_tls(const TlsClient& tls, const std::string& host);
  TlsSession tls() const override;
  void close() override;

  std::string error() const override { return error_; }

 private:
  asio::awaitable<bool> shake_hands(int (*step)(ssl_st*));
  Io after_ssl(int result);

  bool is_open() const { return descriptor_.get() >= 0; }

  std::optional<Poller::Member> member_;  // while it is open
  Descriptor descriptor_;
  SslPtr ssl_;
  std::string error_;
  bool cancelled_ = false;
  bool drained_ = false;
  bool broken_ = false;  // OpenSSL failed for good: SSL_shutdown must not be called
};

}  // namespace gateway::net
