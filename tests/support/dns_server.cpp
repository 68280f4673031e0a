#include "tests/support/dns_server.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
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

constexpr std::size_t kHeader = 12;

std::optional<DnsQuestion> read_question(const std::string& query) {
  if (query.size() < kHeader + 5) return std::nullopt;
  std::string name;
  std::size_t at = kHeader;
  while (at < query.size() && query[at] != 0) {
    const auto length = static_cast<std::size_t>(query[at]);
    if (at + 1 + length > query.size()) return std::nullopt;
    name += (name.empty() ? "" : ".") + query.substr(at + 1, length);
    at += 1 + length;
  }
  if (at + 5 > query.size()) return std::nullopt;
  return DnsQuestion(name, static_cast<policy::RecordType>(get16(query, at + 1)));
}

void put_record(std::string& out, const std::string& owner, unsigned type, std::uint32_t ttl,
                const std::string& data) {
  out += owner;
  put16(out, type);
  put16(out, 1);
  put16(out, ttl >> 16);
  put16(out, ttl & 0xffff);
  put16(out, static_cast<unsigned>(data.size()));
  out += data;
}

std::string soa_data(std::uint32_t minimum) {
  std::string data = DnsReply::name("ns.example") + DnsReply::name("host.example");
  for (const std::uint32_t number : {1u, 3600u, 600u, 86'400u, minimum}) {
    put16(data, number >> 16);
    put16(data, number & 0xffff);
  }
  return data;
}

// Empty: none.
std::string reply_to(const std::string& query, const DnsQuestion& asked, const DnsReply& said, bool udp) {
  if (said.silent) return {};
  std::string reply = query.substr(0, 2);
  if (!said.raw.empty()) return reply + said.raw;
  const bool cut = udp && said.truncated;
  put16(reply, 0x8180u | (cut ? 0x0200u : 0u) | static_cast<unsigned>(said.rcode));  // QR RD RA
  put16(reply, 1);
  put16(reply, cut ? 0 : static_cast<unsigned>(said.aliases.size() + said.data.size()));
  put16(reply, said.soa ? 1 : 0);
  put16(reply, 0);
  reply += query.substr(kHeader, (asked.name.empty() ? 1 : asked.name.size() + 2) + 4);
  std::string owner = "\xc0\x0c";  // the name asked
  for (const std::string& alias : said.aliases) {
    if (cut) break;
    put_record(reply, owner, 5, said.ttl, DnsReply::name(alias));
    owner = DnsReply::name(alias);
  }
  for (const std::string& data : said.data)
    if (!cut) put_record(reply, owner, static_cast<unsigned>(asked.type), said.ttl, data);
  if (said.soa) put_record(reply, DnsReply::name("example"), 6, said.soa->first, soa_data(said.soa->second));
  return reply;
}

void send_datagram(int fd, const std::string& reply, const sockaddr_in& to) {
  ::sendto(fd, reply.data(), reply.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to);
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

// A datagram that waits for its time.
struct DnsServer::Late {
  std::string reply;
  sockaddr_in to;
};

void DnsServer::serve() {
  using Clock = std::chrono::steady_clock;
  std::multimap<Clock::time_point, Late> late;
  for (;;) {
    for (; !late.empty() && late.begin()->first <= Clock::now(); late.erase(late.begin()))
      send_datagram(udp_, late.begin()->second.reply, late.begin()->second.to);
    int wait_ms = -1;
    if (!late.empty()) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(late.begin()->first - Clock::now());
      wait_ms = static_cast<int>(std::max<std::int64_t>(left.count(), 0));
    }
    pollfd watched[] = {{stop_, POLLIN, 0}, {udp_, POLLIN, 0}, {tcp_, POLLIN, 0}};
    if (::poll(watched, 3, wait_ms) <= 0) continue;
    if (watched[0].revents != 0) return;
    if (watched[2].revents != 0) serve_tcp();
    if (watched[1].revents != 0) serve_udp(late);
  }
}

void DnsServer::serve_udp(std::multimap<std::chrono::steady_clock::time_point, Late>& late) {
  std::string query(65536, '\0');
  sockaddr_in from{};
  socklen_t length = sizeof from;
  const ssize_t n =
      ::recvfrom(udp_, query.data(), query.size(), 0, reinterpret_cast<sockaddr*>(&from), &length);
  if (n < 0) return;
  query.resize(static_cast<std::size_t>(n));
  ++udp_queries_;
  const auto asked = read_question(query);
  if (!asked) return;
  const DnsReply said = answer_(*asked);
  std::string reply = reply_to(query, *asked, said, true);
  if (reply.empty()) return;
  if (said.wrong_id) {
    std::string forged = reply_to(query, *asked, {.rcode = 3}, true);
    forged[0] = static_cast<char>(forged[0] ^ 0x55);
    send_datagram(udp_, forged, from);
  }
  late.emplace(std::chrono::steady_clock::now() + said.late, Late{std::move(reply), from});
}

void DnsServer::serve_tcp() {
  const int fd = ::accept4(tcp_, nullptr, nullptr, SOCK_CLOEXEC);
  if (fd < 0) return;
  std::string size(2, '\0');
  if (read_all(fd, size)) {
    std::string query(get16(size, 0), '\0');
    if (read_all(fd, query)) {
      ++tcp_queries_;
      const auto asked = read_question(query);
      const std::string reply = asked ? reply_to(query, *asked, answer_(*asked), false) : std::string();
      std::string framed;
      put16(framed, static_cast<unsigned>(reply.size()));
      framed += reply;
      if (!reply.empty()) ::send(fd, framed.data(), framed.size(), MSG_NOSIGNAL);
    }
  }
  ::close(fd);
}

}  // namespace support
