#include "gateway/net/listener.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <cstring>

#include "gateway/net/seldom.h"

namespace gateway::net {
namespace {

constexpr int kBacklog = 1024;
constexpr int kAcceptsAtOnce = 16;                // the rest is for a loop that has more time
constexpr std::chrono::milliseconds kPause{200};  // when descriptors or memory have run out

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  sockaddr* raw() { return reinterpret_cast<sockaddr*>(&storage); }
  const sockaddr_in& v4() const { return reinterpret_cast<const sockaddr_in&>(storage); }
  const sockaddr_in6& v6() const { return reinterpret_cast<const sockaddr_in6&>(storage); }

  settings::Endpoint endpoint() const {
    settings::Endpoint endpoint;
    if (storage.ss_family == AF_INET6) {
      std::array<std::uint8_t, 16> octets{};
      std::memcpy(octets.data(), &v6().sin6_addr, octets.size());
      endpoint.ip = IpAddress::v6(octets);
      endpoint.port = ntohs(v6().sin6_port);
    } else {
      endpoint.ip = IpAddress::v4(ntohl(v4().sin_addr.s_addr));
      endpoint.port = ntohs(v4().sin_port);
    }
    return endpoint;
  }
};

SocketAddress to_socket_address(const settings::Endpoint& endpoint) {
  SocketAddress address;
  const auto& octets = endpoint.ip.octets();
  if (endpoint.ip.is_v4()) {
    auto& v4 = reinterpret_cast<sockaddr_in&>(address.storage);
    v4.sin_family = AF_INET;
    v4.sin_port = htons(endpoint.port);
    std::memcpy(&v4.sin_addr, octets.data() + 12, 4);
    address.size = sizeof v4;
  } else {
    auto& v6 = reinterpret_cast<sockaddr_in6&>(address.storage);
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(endpoint.port);
    std::memcpy(&v6.sin6_addr, octets.data(), octets.size());
    address.size = sizeof v6;
  }
  return address;
}

std::string name_of(const settings::Endpoint& endpoint) {
  const std::string ip = endpoint.ip.is_v4() ? endpoint.ip.text() : "[" + endpoint.ip.text() + "]";
  return fmt::format("{}:{}", ip, endpoint.port);
}

Error bind_error(const settings::Endpoint& endpoint, int cause) {
  const std::string name = name_of(endpoint);
  std::string advice = std::strerror(cause);
  if (cause == EADDRINUSE)
    advice =
        "the port is in use; stop the program that listens there, or choose another address in [[listener]]";
  if (cause == EACCES) advice = "permission denied; ports below 1024 need root or CAP_NET_BIND_SERVICE";
  if (cause == EADDRNOTAVAIL) advice = "this machine does not have that address";
  return Error(fmt::format("cannot listen on {}: {}", name, advice), cause);
}

Result<Descriptor> bind_one(const settings::Endpoint& endpoint) {
  SocketAddress address = to_socket_address(endpoint);
  Descriptor socket(::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (socket.get() < 0) return bind_error(endpoint, errno);
  const int on = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // connections inherit it
  if (!endpoint.ip.is_v4()) ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  if (::bind(socket.get(), address.raw(), address.size) != 0) return bind_error(endpoint, errno);
  return socket;
}

settings::Endpoint local_endpoint(int socket) {
  SocketAddress address;
  ::getsockname(socket, address.raw(), &address.size);
  return address.endpoint();
}

}  // namespace

Result<BoundSockets> bind_listener(const settings::Endpoint& endpoint, std::size_t loops) {
  auto socket = bind_one(endpoint);
  if (!socket) return socket.error();
  if (::listen(socket->get(), kBacklog) != 0) return bind_error(endpoint, errno);
  BoundSockets bound;
  bound.endpoint = endpoint;
  if (endpoint.port == 0) bound.endpoint.port = local_endpoint(socket->get()).port;
  for (std::size_t i = 1; i < loops; ++i) {
    Descriptor same(::fcntl(socket->get(), F_DUPFD_CLOEXEC, 0));
    if (same.get() < 0) return bind_error(bound.endpoint, errno);
    bound.sockets.push_back(std::move(same));
  }
  bound.sockets.push_back(*std::move(socket));
  return bound;
}

struct Listener::State {
  State(asio::io_context& loop, int socket, OnConnection handler)
      : socket(loop, socket), pause(loop), on_connection(std::move(handler)) {}
  asio::posix::stream_descriptor socket;
  asio::steady_timer pause;
  OnConnection on_connection;
  bool stopped = false;
  Seldom complaint;

  // Takes what is queued, a bounded number.  False when resources have run out.
  bool accept_some();
};

bool Listener::State::accept_some() {
  for (int accepted = 0; accepted < kAcceptsAtOnce && !stopped; ++accepted) {
    SocketAddress peer;
    Descriptor connection(
        ::accept4(socket.native_handle(), peer.raw(), &peer.size, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (connection.get() < 0) {
      if (errno == EAGAIN || errno == EWOULDBLOCK) return true;
      if (errno != EMFILE && errno != ENFILE && errno != ENOBUFS && errno != ENOMEM)
        continue;  // that connection's own trouble: ECONNABORTED, EPROTO, …
      const int cause = errno;
      if (complaint.due()) spdlog::warn("event=accept_paused error=\"{}\"", std::strerror(cause));
      return false;
    }
    const settings::Endpoint from = peer.endpoint();
    try {
      on_connection(std::move(connection), from.ip, from.port);
    } catch (const std::exception&) {
      return false;  // not even an error could be logged: memory has run out, and will be there again
    }
  }
  return true;
}

asio::awaitable<void> Listener::accept_loop(std::shared_ptr<State> state) {
  boost::system::error_code error;
  while (!state->stopped) {
    co_await state->socket.async_wait(asio::posix::stream_descriptor::wait_read,
                                      asio::redirect_error(asio::use_awaitable, error));
    if (error || state->stopped || state->accept_some()) continue;
    state->pause.expires_after(kPause);
    co_await state->pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
  }
}

Listener::Listener(asio::io_context& loop, Descriptor socket, OnConnection on_connection)
    : state_(std::make_shared<State>(loop, socket.get(), std::move(on_connection))) {
  socket.release();
  asio::co_spawn(loop, accept_loop(state_), asio::detached);
}

Listener::~Listener() {
  state_->stopped = true;
  boost::system::error_code ignored;
  state_->socket.close(ignored);
  state_->pause.cancel();
}

}  // namespace gateway::net
