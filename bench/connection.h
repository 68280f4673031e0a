#pragma once
// A blocking TCP connection on loopback that reads lines: all that a load generator and its sink need.

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <string>
#include <string_view>

namespace bench {

inline sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

class Connection {
 public:
  explicit Connection(int descriptor) : descriptor_(descriptor) {
    const int on = 1;
    setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const timeval patience{60, 0};
    setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  }
  ~Connection() { close(descriptor_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  static int dial(int port) {
    const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = loopback(port);
    if (descriptor >= 0 &&
        connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
      return descriptor;
    if (descriptor >= 0) close(descriptor);
    throw std::runtime_error("nobody listens on 127.0.0.1:" + std::to_string(port));
  }

  void write(std::string_view octets) {
    while (!octets.empty()) {
      const ssize_t sent = send(descriptor_, octets.data(), octets.size(), MSG_NOSIGNAL);
      if (sent <= 0) throw std::runtime_error("the connection broke while writing");
      octets.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  // Without its CRLF; false at the end of the stream.
  bool line(std::string& out) {
    out.clear();
    for (;;) {
      if (at_ == end_ && !fill()) return false;
      const std::string_view rest(buffer_.data() + at_, end_ - at_);
      const std::size_t newline = rest.find('\n');
      out += rest.substr(0, newline);
      if (newline == rest.npos) {
        at_ = end_;
        continue;
      }
      at_ += newline + 1;
      if (out.ends_with('\r')) out.pop_back();
      return true;
    }
  }

 private:
  bool fill() {
    const ssize_t got = recv(descriptor_, buffer_.data(), buffer_.size(), 0);
    at_ = 0;
    end_ = got > 0 ? static_cast<std::size_t>(got) : 0;
    return got > 0;
  }

  int descriptor_;
  std::array<char, 65536> buffer_;
  std::size_t at_ = 0;
  std::size_t end_ = 0;
};

}  // namespace bench
