#include "gateway/delivery/server_address.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <charconv>
#include <memory>
#include <vector>

namespace gateway::delivery {
namespace {

using tcp = asio::ip::tcp;
using Clock = std::chrono::steady_clock;
using boost::system::error_code;

constexpr std::size_t kLongestUnixPath = 107;
constexpr std::size_t kMostAddresses = 8;  // of one name

// One operation and the patience for it.  The operation may outlive who waits for it.
struct Wait {
  explicit Wait(const asio::any_io_executor& executor) : timer(executor), resolver(executor) {}
  asio::steady_timer timer;
  tcp::resolver resolver;
  bool done = false;
  error_code error;
  std::vector<tcp::endpoint> found;

  void finish(error_code result) {
    done = true;
    error = result;
    timer.cancel();
  }
};

asio::awaitable<void> wait_until(std::shared_ptr<Wait> wait, Clock::time_point due) {
  wait->timer.expires_at(due);
  error_code ignored;
  if (!wait->done) co_await wait->timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  if (!wait->done) wait->error = asio::error::timed_out;
}

asio::awaitable<Result<std::vector<tcp::endpoint>>> resolve(const ServerAddress& server,
                                                            Clock::time_point due) {
  using Found = Result<std::vector<tcp::endpoint>>;
  error_code error;
  const asio::ip::address literal = asio::ip::make_address(server.host, error);
  if (!error) co_return Found(std::vector<tcp::endpoint>{tcp::endpoint(literal, server.port)});

  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  const auto wait = std::make_shared<Wait>(executor);
  wait->resolver.async_resolve(server.host, std::to_string(server.port),
                               [wait](error_code result, const tcp::resolver::results_type& results) {
                                 for (const auto& entry : results)
                                   if (wait->found.size() < kMostAddresses)
                                     wait->found.push_back(entry.endpoint());
                                 wait->finish(result);
                               });
  co_await wait_until(wait, due);
  if (!wait->done) wait->resolver.cancel();
  if (wait->error) co_return Error("cannot resolve " + server.host + ": " + wait->error.message());
  co_return Found(std::move(wait->found));
}

template <class Protocol>
asio::awaitable<Result<net::Descriptor>> connect_one(const typename Protocol::endpoint& endpoint,
                                                     Clock::time_point due) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  const auto wait = std::make_shared<Wait>(executor);
  const auto socket = std::make_shared<typename Protocol::socket>(executor);
  socket->async_connect(endpoint, [wait, socket](error_code result) { wait->finish(result); });
  co_await wait_until(wait, due);
  if (wait->error) {
    error_code ignored;
    socket->close(ignored);
    co_return Error("cannot connect: " + wait->error.message(), wait->error.value());
  }
  error_code error;
  if constexpr (std::is_same_v<Protocol, tcp>) socket->set_option(tcp::no_delay(true), error);
  const int descriptor = socket->release(error);
  if (error) co_return Error("cannot connect: " + error.message());
  co_return net::Descriptor(descriptor);
}

}  // namespace

std::string ServerAddress::text() const {
  if (!path.empty()) return "unix:" + path;
  const bool v6 = host.find(':') != std::string::npos;
  return fmt::format("{}{}{}:{}", v6 ? "[" : "", host, v6 ? "]" : "", port);
}

std::optional<ServerAddress> ServerAddress::parse(std::string_view text) {
  ServerAddress address;
  if (text.starts_with("unix:")) {
    address.path = text.substr(5);
    if (address.path.empty() || address.path.size() > kLongestUnixPath) return std::nullopt;
    return address;
  }
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), address.port);
  if (error != std::errc() || end != port.data() + port.size() || address.port == 0) return std::nullopt;
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  const std::optional<IpAddress> ip = IpAddress::parse(host);
  if (bracketed ? (!ip || ip->is_v4()) : !ip && !Domain::parse(host)) return std::nullopt;
  if (!bracketed && ip && !ip->is_v4()) return std::nullopt;  // "::1:25" could mean anything
  address.host = ip ? ip->text() : std::string(host);
  return address;
}

asio::awaitable<Result<net::Descriptor>> connect_to(const ServerAddress& server,
                                                    std::chrono::milliseconds patience) {
  const Clock::time_point due = Clock::now() + patience;
  if (!server.path.empty()) {
    const asio::local::stream_protocol::endpoint endpoint(server.path);
    co_return co_await connect_one<asio::local::stream_protocol>(endpoint, due);
  }
  Result<std::vector<tcp::endpoint>> found = co_await resolve(server, due);
  if (!found) co_return found.error();
  Result<net::Descriptor> connected = Error("cannot connect: no address");
  for (std::size_t i = 0; i < found->size(); ++i) {
    // A dead address leaves time for the others.
    const auto share = (due - Clock::now()) / static_cast<int>(found->size() - i);
    const Clock::time_point its_due = Clock::now() + std::max(share, Clock::duration::zero());
    const tcp::endpoint endpoint = found->at(i);
    connected = co_await connect_one<tcp>(endpoint, its_due);
    if (connected) break;
  }
  co_return connected;
}

}  // namespace gateway::delivery
