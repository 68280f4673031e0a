#include "gateway/web/connection.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace gateway::web {
namespace {

constexpr std::chrono::milliseconds kStep{250};  // how often a waiting thread looks whether others need it

void tell(int (*ask)(int, sockaddr*, socklen_t*), int socket, std::string& ip, int& port) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (ask(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) return;
  char text[INET6_ADDRSTRLEN] = "";
  if (address.ss_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(&address);
    ::inet_ntop(AF_INET, &v4->sin_addr, text, sizeof text);
    port = ntohs(v4->sin_port);
  } else if (address.ss_family == AF_INET6) {
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(&address);
    ::inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof text);
    port = ntohs(v6->sin6_port);
  }
  ip = text;
}

}  // namespace

Connection::Wait Connection::wait(bool to_write, Clock::time_point until) const {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
    if (left.count() < 0) return Wait::late;
    pollfd both[2] = {{socket_, static_cast<short>(to_write ? POLLOUT : POLLIN), 0}, {stop_, POLLIN, 0}};
    const int ready = ::poll(both, 2, static_cast<int>(std::min<long long>(left.count(), 3'600'000)));
    if (ready < 0 && errno == EINTR) continue;
    if (ready < 0 || both[1].revents != 0) return Wait::ended;
    if (both[0].revents != 0) return Wait::ready;
    if (ready == 0 && Clock::now() >= until) return Wait::late;
  }
}

Connection::Wait Connection::wait_for_octets(Clock::time_point until) const {
  for (;;) {
    const Clock::time_point now = Clock::now();
    if (now >= allowance_.patient_until && hurried_()) return Wait::late;
    const Clock::time_point step = std::min(until, now + kStep);
    const Wait waited = wait(false, step);
    if (waited != Wait::late || step == until) return waited;
  }
}

bool Connection::next_request(Clock::time_point until) {
  if (begin_ != end_ || tls_has_more()) return true;
  allowance_.patient_until = Clock::now() + kStep;  // what is on its way comes
  return wait_for_octets(until) == Wait::ready;
}

Connection::Connection(int socket, int stop, std::function<bool()> hurried)
    : socket_(socket), stop_(stop), hurried_(std::move(hurried)) {
  ::fcntl(socket, F_SETFL, ::fcntl(socket, F_GETFL) | O_NONBLOCK);
}

Connection::~Connection() {
  ERR_clear_error();
  if (ssl_ && !broken_) SSL_shutdown(ssl_.get());
}

bool Connection::start_tls(net::SslPtr ssl, Clock::time_point patient_until, Clock::time_point until) {
  allowance_.patient_until = patient_until;
  ssl_ = std::move(ssl);
  if (!ssl_) return false;
  for (;;) {
    ERR_clear_error();
    const int result = SSL_accept(ssl_.get());
    if (result == 1) return true;
    if (!again(result, until)) return false;
  }
}

bool Connection::tls_has_more() const { return ssl_ && SSL_has_pending(ssl_.get()) == 1; }

bool Connection::again(int result, Clock::time_point until) {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ: return wait_for_octets(until) == Wait::ready;
    case SSL_ERROR_WANT_WRITE: return wait(true, until) == Wait::ready;
    default: broken_ = true; return false;
  }
}

// What is there now, or what comes in time; 0 at the end.
ssize_t Connection::receive() {
  for (;;) {
    ssize_t got = 0;
    if (ssl_) {
      ERR_clear_error();
      got = SSL_read(ssl_.get(), buffer_.data(), static_cast<int>(buffer_.size()));
      if (got > 0) return got;
      if (!again(static_cast<int>(got), allowance_.read_until)) return -1;
    } else {
      got = ::recv(socket_, buffer_.data(), buffer_.size(), 0);
      if (got >= 0) return got;
      if (errno != EAGAIN && errno != EINTR) return -1;
      if (wait_for_octets(allowance_.read_until) != Wait::ready) return -1;
    }
  }
}

ssize_t Connection::read(char* to, std::size_t size) {
  if (allowance_.octets == 0 || Clock::now() >= allowance_.read_until) return -1;
  if (begin_ == end_) {
    const ssize_t got = receive();
    if (got <= 0) return got;
    begin_ = 0;
    end_ = static_cast<std::size_t>(got);
  }
  const std::size_t taken = std::min({size, end_ - begin_, allowance_.octets});
  // Of a broken head nothing is believed.
  for (std::size_t i = 0; i < taken && !head_.done(); ++i)
    if (!head_.take(buffer_[begin_ + i])) return -1;
  std::memcpy(to, buffer_.data() + begin_, taken);
  begin_ += taken;
  allowance_.octets -= taken;
  return static_cast<ssize_t>(taken);
}

ssize_t Connection::write(const char* from, std::size_t size) {
  for (;;) {
    if (ssl_) {
      ERR_clear_error();
      const int put = SSL_write(ssl_.get(), from, static_cast<int>(std::min<std::size_t>(size, 1 << 20)));
      if (put > 0) return put;
      if (!again(put, allowance_.write_until)) return -1;
    } else {
      const ssize_t put = ::send(socket_, from, size, MSG_NOSIGNAL);
      if (put >= 0) return put;
      if (errno != EAGAIN && errno != EINTR) return -1;
      if (wait(true, allowance_.write_until) != Wait::ready) return -1;
    }
  }
}

void Connection::linger(Clock::time_point until) {
  ERR_clear_error();
  if (ssl_ && !broken_) SSL_shutdown(ssl_.get());
  broken_ = true;
  ::shutdown(socket_, SHUT_WR);
  while (Clock::now() < until) {
    const ssize_t got = ::recv(socket_, buffer_.data(), buffer_.size(), 0);
    if (got > 0) continue;
    if (got == 0 || (errno != EAGAIN && errno != EINTR)) return;
    const Wait waited = wait(false, std::min(until, Clock::now() + kStep));
    if (waited == Wait::ended || (waited == Wait::late && hurried_())) return;
  }
}

void Connection::get_remote_ip_and_port(std::string& ip, int& port) const {
  tell(::getpeername, socket_, ip, port);
}
void Connection::get_local_ip_and_port(std::string& ip, int& port) const {
  tell(::getsockname, socket_, ip, port);
}

}  // namespace gateway::web
