#include "gateway/net/socket_stream.h"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>

#include <cerrno>
#include <climits>
#include <utility>

#include "gateway/net/at_once.h"

namespace gateway::net {

namespace {

// Unread octets make the kernel reset the connection, and the peer may lose our last words with it.
void drain(int socket) {
  constexpr int kMostReads = 16;
  char octets[4096];
  for (int i = 0; i<kMostReads&& ::recv(socket, octets, sizeof octets, MSG_DONTWAIT)> 0; ++i)
    if (i == 0) ::shutdown(socket, SHUT_WR);
}

}  // namespace

SocketStream::SocketStream(const asio::any_io_executor& executor, Descriptor&& connected) {
  const int flags = ::fcntl(connected.get(), F_GETFL, 0);
  if ((flags & O_NONBLOCK) == 0) ::fcntl(connected.get(), F_SETFL, flags | O_NONBLOCK);
  member_.emplace(Poller::of(executor), connected.get());
  descriptor_ = std::move(connected);
}

Io SocketStream::read(std::span<char> room) {
  if (!is_open()) return {Io::State::failed};
  member_->look(Poller::For::reading);
  if (ssl_) {
    ERR_clear_error();
    return after_ssl(
        SSL_read(ssl_.get(), room.data(), static_cast<int>(std::min<std::size_t>(room.size(), INT_MAX))));
  }
  for (;;) {
    const ssize_t got = ::recv(descriptor_.get(), room.data(), room.size(), 0);
    drained_ = got > 0 && static_cast<std::size_t>(got) < room.size();
    if (got > 0) return {Io::State::done, static_cast<std::size_t>(got)};
    if (got == 0) return {Io::State::closed};
    if (errno == EINTR) continue;
    return {errno == EAGAIN || errno == EWOULDBLOCK ? Io::State::wait_read : Io::State::failed};
  }
}

Io SocketStream::write(std::string_view octets) {
  if (!is_open()) return {Io::State::failed};
  if (ssl_) {
    ERR_clear_error();
    return after_ssl(SSL_write(ssl_.get(), octets.data(),
                               static_cast<int>(std::min<std::size_t>(octets.size(), INT_MAX))));
  }
  for (;;) {
    const ssize_t put = ::send(descriptor_.get(), octets.data(), octets.size(), MSG_NOSIGNAL);
    if (put >= 0) return {Io::State::done, static_cast<std::size_t>(put)};
    if (errno == EINTR) continue;
    return {errno == EAGAIN || errno == EWOULDBLOCK ? Io::State::wait_write : Io::State::failed};
  }
}

Io SocketStream::after_ssl(int result) {
  if (result > 0) return {Io::State::done, static_cast<std::size_t>(result)};
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ: return {Io::State::wait_read};
    case SSL_ERROR_WANT_WRITE: return {Io::State::wait_write};
    case SSL_ERROR_ZERO_RETURN:
      return {Io::State::closed};  // close_notify: nothing in clear is read after it
    default: broken_ = true; return {Io::State::failed};
  }
}

// No coroutine of its own around that of the poller: a session waits for each command.
asio::awaitable<bool> SocketStream::wait(Io::State state) {
  // OpenSSL may hold octets that the socket no longer shows.
  if (state == Io::State::wait_read && ssl_ && SSL_pending(ssl_.get()) > 0) return at_once(true);
  if (cancelled_ || !is_open()) return at_once(false);
  drained_ = false;
  return member_->wait(state == Io::State::wait_write ? Poller::For::writing : Poller::For::reading);
}

void SocketStream::cancel() {
  cancelled_ = true;
  if (member_) member_->cancel();
}

asio::awaitable<bool> SocketStream::handshake(const TlsServer& tls) {
  drained_ = false;  // OpenSSL reads ahead
  ssl_ = tls.accept_on(descriptor_.get());
  co_return co_await shake_hands(&SSL_accept);
}

asio::awaitable<bool> SocketStream::connect_tls(const TlsClient& tls, const std::string& host) {
  drained_ = false;
  ssl_ = tls.connect_on(descriptor_.get(), host);
  co_return co_await shake_hands(&SSL_connect);
}

asio::awaitable<bool> SocketStream::shake_hands(int (*step)(ssl_st*)) {
  if (!ssl_) {
    error_ = tls_error();
    co_return false;
  }
  for (;;) {
    ERR_clear_error();
    const Io io = after_ssl(step(ssl_.get()));
    if (io.state == Io::State::done) co_return true;
    const bool waits = io.state == Io::State::wait_read || io.state == Io::State::wait_write;
    const bool ready = waits && co_await wait(io.state);
    if (ready) continue;
    const long verified = SSL_get_verify_result(ssl_.get());
    error_ = waits                                                 ? "the handshake took too long"
             : verified != X509_V_OK && !SSL_is_server(ssl_.get()) ? X509_verify_cert_error_string(verified)
                                                                   : tls_error();
    broken_ = true;
    co_return false;
  }
}

TlsSession SocketStream::tls() const {
  TlsSession session;
  if (!ssl_) return session;
  session.version = SSL_get_version(ssl_.get());
  session.cipher = SSL_get_cipher_name(ssl_.get());
  return session;
}

void SocketStream::close() {
  if (ssl_ && !broken_ && SSL_is_init_finished(ssl_.get())) {
    ERR_clear_error();
    SSL_shutdown(ssl_.get());  // one way: nobody waits for the answer
  }
  if (!is_open()) return;
  drain(descriptor_.get());
  member_.reset();
  descriptor_ = Descriptor();
}

}  // namespace gateway::net
