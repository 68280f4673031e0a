#include "gateway/dns/second_opinion.h"

#include <netinet/in.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <random>
#include <utility>

#include "gateway/dns/wire.h"

namespace gateway::dns {
namespace {

constexpr unsigned kRefused = 5;  // RFC 1035 §4.1.1

void put16(std::string& out, unsigned value) {
  out += static_cast<char>(value >> 8);
  out += static_cast<char>(value);
}

int connected_socket(const IpAddress& server, std::uint16_t port) {
  sockaddr_storage address{};
  socklen_t length = 0;
  if (server.is_v4()) {
    auto& v4 = reinterpret_cast<sockaddr_in&>(address);
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    std::memcpy(&v4.sin_addr, server.octets().data() + 12, sizeof v4.sin_addr);
    length = sizeof v4;
  } else {
    auto& v6 = reinterpret_cast<sockaddr_in6&>(address);
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    std::memcpy(&v6.sin6_addr, server.octets().data(), sizeof v6.sin6_addr);
    length = sizeof v6;
  }
  const int fd = ::socket(address.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0 || ::connect(fd, reinterpret_cast<const sockaddr*>(&address), length) == 0) return fd;
  ::close(fd);
  return -1;
}

std::string wire_question(const DnsQuestion& question) {
  std::string wire = wire_name(question.name);
  put16(wire, static_cast<unsigned>(question.type));
  put16(wire, 1);  // class IN
  return wire;
}

std::uint16_t random_id() {
  thread_local std::random_device device;
  return static_cast<std::uint16_t>(device());
}

}  // namespace

SecondOpinion::SecondOpinion(const std::optional<IpAddress>& server, std::uint16_t port)
    : fd_(server ? connected_socket(*server, port) : -1) {}

SecondOpinion::~SecondOpinion() {
  if (fd_ >= 0) ::close(fd_);
}

bool SecondOpinion::ask(const DnsQuestion& question, Clock::time_point deadline, Handler handler) {
  if (fd_ < 0 || asked_.size() >= kMostAtOnce) return false;
  std::uint16_t id = random_id();
  while (asked_.contains(id)) ++id;
  Asked asked{wire_question(question), std::min(deadline, Clock::now() + kPatience), std::move(handler)};
  std::string datagram;
  put16(datagram, id);
  put16(datagram, 0x0100);  // recursion desired
  for (const unsigned count : {1u, 0u, 0u, 0u}) put16(datagram, count);
  datagram += asked.question;
  // One that cannot be sent is one that is not answered: the server may be known as unreachable.
  [[maybe_unused]] const auto sent = ::send(fd_, datagram.data(), datagram.size(), MSG_NOSIGNAL);
  asked_.emplace(id, std::move(asked));
  return true;
}

void SecondOpinion::receive() {
  std::array<char, 1500> room;  // what does not fit says enough at its beginning
  for (std::size_t many = 0; many < kMostAtOnce; ++many) {
    const ssize_t size = ::recv(fd_, room.data(), room.size(), 0);
    if (size < 0) return;
    take({room.data(), static_cast<std::size_t>(size)});
  }
}

// What is no answer to a question of ours is as if it had not come.
void SecondOpinion::take(std::string_view datagram) {
  const auto head = read_reply_head(datagram);
  const auto at = head ? asked_.find(head->id) : asked_.end();
  if (at == asked_.end()) return;
  // Letters may come back in another case.
  const std::string& question = at->second.question;
  if (!equal_nocase(head->from_question.substr(0, question.size()), question)) return;
  const Handler handler = std::move(at->second.handler);
  asked_.erase(at);
  handler(head->rcode == kRefused ? DnsStatus::refused : DnsStatus::servfail);
}

void SecondOpinion::expire(Clock::time_point now) {
  for (auto at = asked_.begin(); at != asked_.end();) {
    if (at->second.deadline > now) {
      ++at;
      continue;
    }
    const Handler handler = std::move(at->second.handler);
    at = asked_.erase(at);
    handler(DnsStatus::timeout);
  }
}

std::optional<SecondOpinion::Clock::time_point> SecondOpinion::next_deadline() const {
  std::optional<Clock::time_point> next;
  for (const auto& [id, asked] : asked_) next = std::min(next.value_or(asked.deadline), asked.deadline);
  return next;
}

}  // namespace gateway::dns
