#include "gateway/web/connection.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace gateway::web {
namespace {

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

ssize_t Connection::read(char* to, std::size_t size) {
  if (left_ == 0) return -1;
  if (begin_ == end_) {
    ssize_t got = -1;
    while (got < 0) {
      if (wait(false, read_until_) != Wait::ready) return -1;
      got = ::recv(socket_, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
      if (got < 0 && errno != EAGAIN && errno != EINTR) return -1;
    }
    begin_ = 0;
    end_ = static_cast<std::size_t>(got);
  }
  const std::size_t taken = std::min({size, end_ - begin_, left_});
  std::memcpy(to, buffer_.data() + begin_, taken);
  begin_ += taken;
  left_ -= taken;
  return static_cast<ssize_t>(taken);
}

ssize_t Connection::write(const char* from, std::size_t size) {
  for (;;) {
    const ssize_t put = ::send(socket_, from, size, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (put >= 0) return put;
    if (errno != EAGAIN && errno != EINTR) return -1;
    if (wait(true, write_until_) != Wait::ready) return -1;
  }
}

void Connection::get_remote_ip_and_port(std::string& ip, int& port) const {
  tell(::getpeername, socket_, ip, port);
}
void Connection::get_local_ip_and_port(std::string& ip, int& port) const {
  tell(::getsockname, socket_, ip, port);
}

}  // namespace gateway::web
