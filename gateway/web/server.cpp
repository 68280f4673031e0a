#include "gateway/web/server.h"

#include <fmt/format.h>

#include <spdlog/spdlog.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <system_error>
#include <thread>

#include "gateway/net/connection_count.h"
#include "gateway/web/answer.h"
#include "gateway/web/connection.h"
#include "gateway/web/httplib.h"
#include "gateway/web/layout.h"
#include "gateway/web/threads.h"

namespace gateway::web {
namespace {

constexpr int kBacklog = 128;  // the library asks for 5
// By each answer.  No-store: what is shown is nobody's but the reader's.
constexpr std::pair<const char*, const char*> kHeaders[] = {
    {"Content-Security-Policy",
     "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
     "form-action 'self'; "
     "base-uri 'none'; frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
};

// One of the threads that may be in pages, from the request until its answer is taken.
struct PageTurn {
  std::atomic<std::size_t>* taken = nullptr;
  bool take(std::atomic<std::size_t>& all, std::size_t most) {
    if (taken) return true;
    if (all.fetch_add(1) >= most) {
      --all;
      return false;
    }
    taken = &all;
    return true;
  }
  void give_back() {
    if (taken) --*taken;
    taken = nullptr;
  }
};
thread_local PageTurn turn_of_this_thread;
thread_local Connection* connection_of_this_thread = nullptr;

class HttpServer final : public Server, private httplib::Server {
 public:
  HttpServer(Routes routes, Doorkeeper& doorkeeper, ServerOptions options)
      : routes_(std::move(routes)),
        doorkeeper_(doorkeeper),
        options_(options),
        stop_(::eventfd(0, EFD_CLOEXEC)),
        connections_(std::make_shared<net::ConnectionCount>(options.threads, options.per_network)) {
    // The library would let another process of ours listen on the same port.
    set_socket_options([](socket_t socket) {
      const int on = 1;
      ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    });
    new_task_queue = [this] { return new Threads(options_.threads, waiting_); };
    set_payload_max_length(options_.most_octets);
    set_pre_routing_handler([this](const httplib::Request& from, httplib::Response& to) {
      if (from.method == "POST") return HandlerResponse::Unhandled;  // its body is still to be read
      Request request = made_of(from);
      put(answer(request, routes_, doorkeeper_, turn()), to);
      return HandlerResponse::Handled;
    });
    Post(".*",
         [this](const httplib::Request& from, httplib::Response& to, const httplib::ContentReader& reader) {
           Request request = made_of(from);
           const std::size_t most = most_octets(request, routes_);
           // What is too much is read all the same, and dropped: who still sends hears no answer.
           bool fits = true;
           const bool read = reader([&](const char* octets, std::size_t size) {
             fits = fits && (most == 0 || request.body.size() + size <= most);
             if (fits && most > 0) request.body.append(octets, size);
             return true;
           });
           if (read && fits) return put(answer(request, routes_, doorkeeper_, turn()), to);
           put(error_page(request, 413, "This is more than may be sent here."), to);
           to.set_header("Connection", "close");
         });
    // What the library refuses by itself, too.
    set_error_handler(httplib::Server::Handler([this](const httplib::Request&, httplib::Response& to) {
      if (to.body.empty()) put(Response::text(fmt::format("HTTP error {}\n", to.status), to.status), to);
    }));
  }

  ~HttpServer() override {
    const std::uint64_t one = 1;
    (void)!::write(stop_, &one, sizeof one);
    stop();
    if (thread_.joinable()) thread_.join();
    ::close(stop_);
  }

  Result<void> listen_on(const std::string& host, std::uint16_t port) {
    errno = 0;
    if (port == 0)
      port_ = static_cast<std::uint16_t>(std::max(0, bind_to_any_port(host)));
    else if (bind_to_port(host, port))
      port_ = port;
    if (port_ == 0) return Error(std::generic_category().message(errno ? errno : EADDRINUSE));
    ::listen(svr_sock_, kBacklog);
    thread_ = std::thread([this] {
      listen_after_bind();
      ended_ = true;
    });
    // stop() does nothing to a server that does not run yet.
    while (!is_running() && !ended_) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return {};
  }

  std::uint16_t port() const override { return port_; }

 private:
  bool process_and_close_socket(socket_t socket) override {
    {
      Connection connection(socket, stop_);
      std::string ip;
      int port = 0;
      connection.get_remote_ip_and_port(ip, port);
      if (const auto peer = IpAddress::parse(ip)) come_in(connection, *peer);
    }
    ::shutdown(socket, SHUT_RDWR);
    ::close(socket);
    return true;
  }

  void come_in(Connection& connection, const IpAddress& peer) {
    const bool near = peer.is_loopback() || is_proxy(peer);
    const auto place = connections_->enter(peer, near);
    if (!place) return;
    if (!options_.tls && !near) {
      spdlog::warn("event=review_refused why=no_proxy client={}", peer.text());
      return;
    }
    if (options_.tls) {
      const auto tls = options_.tls();
      if (!tls || !connection.start_tls(tls->accept_on(connection.socket()),
                                        Connection::Clock::now() + options_.request_wait))
        return;
    }
    connection_of_this_thread = &connection;
    serve(connection);
    connection_of_this_thread = nullptr;
  }

  bool is_proxy(const IpAddress& peer) const {
    return std::ranges::any_of(options_.proxies, [&](const Network& one) { return one.contains(peer); });
  }

  void serve(Connection& connection) {
    using Clock = Connection::Clock;
    for (bool last = false; !last;) {
      if (!connection.next_request(Clock::now() + options_.idle_wait, [this] { return waiting_ == 0; }))
        return;
      const Clock::time_point now = Clock::now();
      connection.allow(options_.most_octets, now + options_.request_wait,
                       now + options_.request_wait + options_.answer_wait);
      // Answers are not compressed: that would tell an eavesdropper what of his own stands beside a token.
      const bool fine = process_request(connection, waiting_ > 0, last, [](httplib::Request& request) {
        for (const char* const unwanted : {"Accept-Encoding", "Range"}) request.headers.erase(unwanted);
        request.ranges.clear();
      });
      turn_of_this_thread.give_back();
      if (!fine || waiting_ > 0) return;
    }
  }

  Turn turn() {
    return [this] { return turn_of_this_thread.take(in_pages_, options_.pages); };
  }

  Request made_of(const httplib::Request& from) const {
    Request request{.method = from.method, .target = from.target};
    for (const auto& [name, value] : from.headers) request.headers.emplace_back(name, value);
    request.peer = IpAddress::parse(from.remote_addr).value_or(IpAddress());
    request.secure = static_cast<bool>(options_.tls);
    if (is_proxy(request.peer)) {
      // What stands before the last comma is what the client says of itself.
      const std::string_view all = request.header("X-Forwarded-For");
      const std::string_view last = trim(all.substr(all.rfind(',') == all.npos ? 0 : all.rfind(',') + 1));
      request.secure = !equal_nocase(request.header("X-Forwarded-Proto"), "http");
      if (const auto client = IpAddress::parse(last)) request.peer = *client;
    }
    return request;
  }

  void put(const Response& from, httplib::Response& to) const {
    to.status = from.status;
    to.body = from.body;
    if (from.pieces)
      to.set_chunked_content_provider(from.content_type, in_pieces(from.pieces));
    else if (!from.content_type.empty())
      to.set_header("Content-Type", from.content_type);
    for (const auto& [name, value] : kHeaders) to.set_header(name, value);
    for (const auto& [name, value] : from.headers) to.set_header(name, value);
    if (!to.has_header("Cache-Control")) to.set_header("Cache-Control", "no-store");
  }

  // Each piece has the time that a whole answer has.  What fails ends the connection within the body, so that
  // nobody takes a part of it for all.
  httplib::ContentProviderWithoutLength in_pieces(std::function<void(const WritePiece&)> write) const {
    return [this, write = std::move(write)](std::size_t, httplib::DataSink& sink) {
      try {
        write([&](std::string_view piece) {
          connection_of_this_thread->allow_writing(Connection::Clock::now() + options_.answer_wait);
          return sink.write(piece.data(), piece.size());
        });
      } catch (const std::exception& failed) {
        spdlog::error("event=review_failed why=\"{}\"", printable(failed.what()));
        return false;
      }
      sink.done();
      return true;
    };
  }

  const Routes routes_;
  Doorkeeper& doorkeeper_;
  const ServerOptions options_;
  const int stop_;
  std::atomic<std::size_t> waiting_{0};
  std::atomic<std::size_t> in_pages_{0};
  const std::shared_ptr<net::ConnectionCount> connections_;
  std::uint16_t port_ = 0;
  std::atomic<bool> ended_{false};
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::start(const std::string& host, std::uint16_t port, Routes routes,
                                              Doorkeeper& doorkeeper, ServerOptions options) {
  auto server = std::make_unique<HttpServer>(std::move(routes), doorkeeper, options);
  if (const Result<void> listening = server->listen_on(host, port); !listening) return listening.error();
  return std::unique_ptr<Server>(std::move(server));
}

}  // namespace gateway::web
