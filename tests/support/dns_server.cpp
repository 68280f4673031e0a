#include "tests/support/dns_server.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>

namespace support {
namespace {

using policy::DnsQuestion;

void put16(std::string& out, unsigned value) {
  out += static_cast<char>(value >> 8);
  out += static_cast<char>(value);
}

unsigned get16(const std::string& in, std::size_t at) {
  return static_cast<unsigned>(static_cast<unsigned char>(in[at]) << 8 |
                               static_cast<unsigned char>(in[at + 1]));
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

bool bind_to(int fd, std::uint16_t port) {
  const sockaddr_in address = loopback(port);
  return ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

// Waits at most a second for all octets: an asker that stalls must not hold up the test.
bool read_all(int fd, std::string& room) {
  for (std::size_t got = 0; got < room.size();) {
    pollfd watched{fd, POLLIN, 0};
    if (::poll(&watched, 1, 1000) <= 0) return false;
    const ssize_t n = ::read(fd, room.data() + got, room.size() - got);
    if (n <= 0) return false;
    got += static_cast<std::size_t>(n);
  }
  return true;
}

}  // namespace

std::string DnsReply::txt(const std::vector<std::string>& strings) {
  std::string data;
  for (const std::string& text : strings) data += static_cast<char>(text.size()) + text;
  return data;
}

std::string DnsReply::name(const std::string& dotted) {
  std::string data;
  for (std::size_t label = 0; label < dotted.size();) {
    const std::size_t dot = std::min(dotted.find('.', label), dotted.size());
    data += static_cast<char>(dot - label) + dotted.substr(label, dot - label);
    label = dot + 1;
  }
  return data + '\0';
}

std::string DnsReply::mx(std::uint16_t preference, const std::string& dotted) {
  std::string data;
  put16(data, preference);
  return data + name(dotted);
}

DnsServer::DnsServer(Answer answer) : answer_(std::move(answer)) {
  for (int attempt = 0; attempt < 20; ++attempt) {  // until a port is free for both
    udp_ = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    tcp_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in bound{};
    socklen_t length = sizeof bound;
    if (bind_to(udp_, 0) && ::getsockname(udp_, reinterpret_cast<sockaddr*>(&bound), &length) == 0 &&
        bind_to(tcp_, ntohs(bound.sin_port)) && ::listen(tcp_, 16) == 0) {
      port_ = ntohs(bound.sin_port);
      stop_ = ::eventfd(0, EFD_CLOEXEC);
      thread_ = std::thread([this] { serve(); });
      return;
    }
    ::close(udp_);
    ::close(tcp_);
  }
  throw std::runtime_error("no loopback port for a DNS server");
}

DnsServer::~DnsServer() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(stop_, &one, sizeof one);
  thread_.join();
  for (const int fd : {udp_, tcp_, stop_}) ::close(fd);
}

void DnsServer::serve() {
  for (;;) {
    pollfd watched[] = {{stop_, POLLIN, 0}, {udp_, POLLIN, 0}, {tcp_, POLLIN, 0}};
    if (::poll(watched, 3, -1) < 0) continue;
    if (watched[0].revents != 0) return;
    if (watched[2].revents != 0) serve_tcp();
    if (watched[1].revents == 0) continue;
    std::string query(65536, '\0');
    sockaddr_in from{};
    socklen_t length = sizeof from;
    const ssize_t n =
        ::recvfrom(udp_, query.data(), query.size(), 0, reinterpret_cast<sockaddr*>(&from), &length);
    if (n < 0) continue;
    query.resize(static_cast<std::size_t>(n));
    ++udp_queries_;
    const std::string reply = reply_to(query, true);
    if (!reply.empty())
      ::sendto(udp_, reply.data(), reply.size(), 0, reinterpret_cast<const sockaddr*>(&from), length);
  }
}

void DnsServer::serve_tcp() {
  const int fd = ::accept4(tcp_, nullptr, nullptr, SOCK_CLOEXEC);
  if (fd < 0) return;
  std::string size(2, '\0');
  if (read_all(fd, size)) {
    std::string query(get16(size, 0), '\0');
    if (read_all(fd, query)) {
      ++tcp_queries_;
      const std::string reply = reply_to(query, false);
      std::string framed;
      put16(framed, static_cast<unsigned>(reply.size()));
      framed += reply;
      if (!reply.empty()) ::send(fd, framed.data(), framed.size(), MSG_NOSIGNAL);
    }
  }
  ::close(fd);
}

std::string DnsServer::reply_to(const std::string& query, bool udp) const {
  constexpr std::size_t kHeader = 12;
  if (query.size() < kHeader + 5) return {};
  std::string name;
  std::size_t at = kHeader;
  while (at < query.size() && query[at] != 0) {
    const auto length = static_cast<std::size_t>(query[at]);
    name += (name.empty() ? "" : ".") + query.substr(at + 1, length);
    at += 1 + length;
  }
  if (at + 5 > query.size()) return {};
  const unsigned type = get16(query, at + 1);
  const DnsReply said = answer_(DnsQuestion(name, static_cast<policy::RecordType>(type)));
  if (said.silent) return {};
  std::string reply = query.substr(0, 2);
  if (!said.raw.empty()) return reply + said.raw;
  const bool cut = udp && said.truncated;
  put16(reply, 0x8180u | (cut ? 0x0200u : 0u) | static_cast<unsigned>(said.rcode));  // QR RD RA
  put16(reply, 1);
  put16(reply, cut ? 0 : static_cast<unsigned>(said.data.size()));
  put16(reply, 0);
  put16(reply, 0);
  reply += query.substr(kHeader, at + 5 - kHeader);
  for (const std::string& data : said.data) {
    if (cut) break;
    put16(reply, 0xc00c);  // the name asked
    put16(reply, type);
    put16(reply, 1);
    put16(reply, said.ttl >> 16);
    put16(reply, said.ttl & 0xffff);
    put16(reply, static_cast<unsigned>(data.size()));
    reply += data;
  }
  return reply;
}

}  // namespace support
