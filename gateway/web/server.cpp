#include "gateway/web/server.h"

#include <fmt/format.h>

#include <spdlog/spdlog.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <exception>
#include <system_error>
#include <thread>

#include "gateway/net/connection_count.h"
#include "gateway/web/accept_clients.h"
#include "gateway/web/answer.h"
#include "gateway/web/connection.h"
#include "gateway/web/httplib.h"
#include "gateway/web/layout.h"
#include "gateway/web/request_head.h"
#include "gateway/web/threads.h"

namespace gateway::web {
namespace {

constexpr int kBacklog = 128;  // the library asks for 5
constexpr std::chrono::seconds kLinger{1};
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
    set_payload_max_length(options_.most_octets);
    set_pre_routing_handler([this](const httplib::Request& from, httplib::Response& to) {
      if (refuse(from, to)) return HandlerResponse::Handled;
      if (from.method == "POST") return HandlerResponse::Unhandled;  // its body is still to be read
      Request request = made_of(from);
      put(answer(request, routes_, doorkeeper_, turn()), from, to);
      return HandlerResponse::Handled;
    });
    Post(".*", [this](const httplib::Request& from, httplib::Response& to,
                      const httplib::ContentReader& reader) { take_post(from, to, reader); });
    // What the library refuses by itself, too.
    set_error_handler(httplib::Server::Handler([this](const httplib::Request& from, httplib::Response& to) {
      if (to.body.empty())
        put(Response::text(fmt::format("HTTP error {}\n", to.status), to.status), from, to);
    }));
    set_exception_handler([this](const httplib::Request& from, httplib::Response& to,
                                 std::exception_ptr failed) {
      log_failure(failed);
      put(Response::text(
              "This could not be answered. The log of the gateway says why (event=review_failed).\n", 500),
          from, to);
    });
    set_post_routing_handler(
        [](const httplib::Request& from, httplib::Response& to) { decide_end(from, to); });
  }

  ~HttpServer() override {
    const std::uint64_t one = 1;
    (void)!::write(stop_, &one, sizeof one);
    const socket_t listening = svr_sock_.exchange(INVALID_SOCKET);  // so the library ends what it streams
    if (thread_.joinable()) thread_.join();
    if (listening != INVALID_SOCKET) ::close(listening);
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
    // Not by the library: it would end for good with the first client that cannot be accepted.
    thread_ = std::thread([this, listening = socket_t(svr_sock_)] {
      Threads threads(options_.threads, options_.waiting, waiting_);
      accept_clients(listening, stop_, [&](int socket) {
        if (!threads.enqueue([this, socket] { speak(socket); })) ::close(socket);
      });
    });
    return {};
  }

  std::uint16_t port() const override { return port_; }

 private:
  void speak(int socket) {
    {
      Connection connection(socket, stop_, [this] { return waiting_ > 0; });
      std::string ip;
      int port = 0;
      connection.get_remote_ip_and_port(ip, port);
      if (const auto peer = IpAddress::parse(ip)) come_in(connection, *peer);
    }
    ::shutdown(socket, SHUT_RDWR);
    ::close(socket);
  }

  void come_in(Connection& connection, const IpAddress& peer) {
    const bool near = peer.is_loopback() || is_proxy(peer);
    const auto place = connections_->enter(peer, near ? net::Exempt::by_network : net::Exempt::no);
    if (!place) return;
    if (!options_.tls && !near) {
      spdlog::warn("event=review_refused why=no_proxy client={}", peer.text());
      return;
    }
    if (options_.tls) {
      const auto tls = options_.tls();
      const Connection::Clock::time_point now = Connection::Clock::now();
      if (!tls || !connection.start_tls(tls->accept_on(connection.socket()), now + options_.patience,
                                        now + options_.request_wait))
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
      if (!connection.next_request(Clock::now() + options_.idle_wait)) return;
      const Clock::time_point now = Clock::now();
      connection.allow({.octets = options_.most_octets,
                        .patient_until = now + options_.patience,
                        .read_until = now + options_.request_wait,
                        .write_until = now + options_.request_wait + options_.answer_wait});
      // Answers are not compressed: that would tell an eavesdropper what of his own stands beside a token.
      const bool fine = process_request(connection, waiting_ > 0, last, [](httplib::Request& request) {
        for (const char* const unwanted : {"Accept-Encoding", "Range"}) request.headers.erase(unwanted);
        request.ranges.clear();
      });
      turn_of_this_thread.give_back();
      if (fine && connection.ends_after_answer()) return connection.linger(Clock::now() + kLinger);
      if (!fine || waiting_ > 0) return;
    }
  }

  // What is refused before a page or a body of it is looked at.
  bool refuse(const httplib::Request& from, httplib::Response& to) const {
    auto refusal = connection_of_this_thread->head().refusal();
    // Nobody of ours sends forms in parts, and the library would look for somebody to take them.
    if (!refusal && from.is_multipart_form_data())
      refusal = RequestHead::Refusal{415, "Forms in parts (multipart) are not taken here."};
    if (refusal) put(error_page(made_of(from), refusal->status, refusal->why), from, to);
    return refusal.has_value();
  }

  void take_post(const httplib::Request& from, httplib::Response& to, const httplib::ContentReader& reader) {
    Request request = made_of(from);
    const std::size_t most = most_octets(request, routes_);
    // What is too much is read all the same, and dropped: who still sends hears no answer.
    bool fits = true;
    const bool read =
        !connection_of_this_thread->head().has_body() || reader([&](const char* octets, std::size_t size) {
          fits = fits && (most == 0 || request.body.size() + size <= most);
          if (fits && most > 0) request.body.append(octets, size);
          return true;
        });
    if (read && fits) return put(answer(request, routes_, doorkeeper_, turn()), from, to);
    put(error_page(request, 413, "This is more than may be sent here."), from, to);
  }

  // Whether another request may follow.  It may not behind a body that nobody read, nor behind one that two
  // readers could see the end of in different places.
  static void decide_end(const httplib::Request& from, httplib::Response& to) {
    Connection& connection = *connection_of_this_thread;
    const RequestHead& head = connection.head();
    if (to.status >= 400 || head.is_chunked() || (head.has_body() && from.method != "POST"))
      connection.end_after_answer();
    if (!connection.ends_after_answer()) return;
    to.headers.erase("Connection");
    to.headers.erase("Keep-Alive");
    to.set_header("Connection", "close");
  }

  static void log_failure(const std::exception_ptr& failed) {
    try {
      std::rethrow_exception(failed);
    } catch (const std::exception& known) {
      spdlog::error("event=review_failed why=\"{}\"", printable(known.what()));
    } catch (...) {
      spdlog::error("event=review_failed why=unknown");
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

  void put(const Response& answer, const httplib::Request& from, httplib::Response& to) const {
    to.status = answer.status;
    to.body = answer.body;
    if (answer.pieces && from.version == "HTTP/1.0") {
      // It knows no chunks: the end of the connection is the end of the body.
      to.set_content_provider(answer.content_type, in_pieces(answer.pieces));
      connection_of_this_thread->end_after_answer();
    } else if (answer.pieces) {
      to.set_chunked_content_provider(answer.content_type, in_pieces(answer.pieces));
    } else if (!answer.content_type.empty()) {
      to.set_header("Content-Type", answer.content_type);
    }
    for (const auto& [name, value] : kHeaders) to.set_header(name, value);
    for (const auto& [name, value] : answer.headers) to.set_header(name, value);
    if (!to.has_header("Cache-Control")) to.set_header("Cache-Control", "no-store");
  }

  // Each piece has the time that a whole answer has, and all of them have an end: a client that takes little
  // at a time would hold its thread.  What fails ends the connection within the body, so that nobody takes a
  // part of it for all.
  httplib::ContentProviderWithoutLength in_pieces(std::function<void(const WritePiece&)> write) const {
    return [this, write = std::move(write)](std::size_t, httplib::DataSink& sink) {
      using Clock = Connection::Clock;
      const Clock::time_point end = Clock::now() + options_.export_wait;
      bool late = false;
      try {
        write([&](std::string_view piece) {
          const Clock::time_point now = Clock::now();
          late = late || now >= end;
          connection_of_this_thread->allow_writing(std::min(end, now + options_.answer_wait));
          return !late && sink.write(piece.data(), piece.size());
        });
      } catch (...) {
        log_failure(std::current_exception());
        return false;
      }
      if (late) return false;
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
