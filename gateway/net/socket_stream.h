#pragma once
// A TCP connection, in clear or under TLS.  OpenSSL works on the descriptor itself, so SIGPIPE must be
// ignored in the whole process.

#include <memory>

#include "gateway/net/stream.h"
#include "gateway/net/tls.h"

namespace gateway::net {

class SocketStream final : public Stream {
 public:
  // Takes the connected descriptor over and makes it non-blocking.
  SocketStream(asio::any_io_executor executor, int descriptor);
  ~SocketStream() override;

  Io read(std::span<char> room) override;
  bool drained() const override { return drained_; }
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
  struct Socket;
  asio::awaitable<bool> shake_hands(int (*step)(ssl_st*));
  Io after_ssl(int result);

  std::unique_ptr<Socket> socket_;
  SslPtr ssl_;
  std::string error_;
  bool cancelled_ = false;
  bool drained_ = false;
  bool broken_ = false;  // OpenSSL failed for good: SSL_shutdown must not be called
};

}  // namespace gateway::net
