#include "gateway/review/web_server.h"

#include <fmt/format.h>
#include <httplib.h>
#include <sys/socket.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <system_error>
#include <thread>

#include "gateway/journal/id.h"
#include "gateway/metrics/exposition.h"
#include "gateway/review/pages.h"

namespace gateway::review {
namespace {

constexpr std::size_t kThreads = 4;  // a client holds one while it speaks

class HttpServer final : public WebServer {
 public:
  explicit HttpServer(World world) : world_(std::move(world)) {
    // The library would let another process of ours listen on the same port.
    server_.set_socket_options([](socket_t socket) {
      const int on = 1;
      ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    });
    server_.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
    server_.set_payload_max_length(4096);
    server_.set_read_timeout(5);
    server_.set_write_timeout(5);
    server_.set_keep_alive_max_count(20);
    server_.set_keep_alive_timeout(5);
    server_.set_default_headers({{"Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"},
                                 {"X-Content-Type-Options", "nosniff"},
                                 {"Referrer-Policy", "no-referrer"},
                                 {"Cache-Control", "no-store"}});
    server_.Get("/healthz", [](const httplib::Request&, httplib::Response& response) {
      response.set_content("ok\n", "text/plain");
    });
    server_.Get("/readyz", [this](const httplib::Request&, httplib::Response& response) {
      const bool ready = world_.ready();
      response.status = ready ? 200 : 503;
      response.set_content(ready ? "ready\n" : "not ready\n", "text/plain");
    });
    server_.Get("/metrics", [this](const httplib::Request&, httplib::Response& response) {
      response.set_content(world_.metrics(), metrics::Exposition::kContentType);
    });
    server_.Get("/", [this](const httplib::Request&, httplib::Response& response) {
      response.set_content(overview_page(world_.recent.transactions(), world_.recent.sessions()),
                           "text/html; charset=utf-8");
    });
    server_.Get(R"(/message/([0-9A-Za-z]{1,20}))", [this](const httplib::Request& request,
                                                          httplib::Response& response) {
      const auto id = journal::canonical_id(request.matches[1].str());
      const auto record = id ? world_.recent.find(*id) : std::nullopt;
      if (!record) response.status = 404;
      response.set_content(record ? message_page(*record) : not_found_page(), "text/html; charset=utf-8");
    });
  }

  ~HttpServer() override {
    server_.stop();
    if (thread_.joinable()) thread_.join();
  }

  Result<void> listen(const settings::Endpoint& where) {
    errno = 0;
    const std::string host = where.ip.text();
    if (where.port == 0)
      port_ = static_cast<std::uint16_t>(std::max(0, server_.bind_to_any_port(host)));
    else if (server_.bind_to_port(host, where.port))
      port_ = where.port;
    if (port_ == 0)
      return Error(fmt::format("review pages cannot listen on {}: {}; choose another review.listen",
                               where.text(), std::generic_category().message(errno ? errno : EADDRINUSE)));
    thread_ = std::thread([this] {
      server_.listen_after_bind();
      ended_ = true;
    });
    // stop() does nothing to a server that does not run yet.
    while (!server_.is_running() && !ended_) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return {};
  }

  std::uint16_t port() const override { return port_; }

 private:
  const World world_;
  httplib::Server server_;
  std::uint16_t port_ = 0;
  std::atomic<bool> ended_{false};
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<WebServer>> WebServer::start(const settings::Endpoint& listen, World world) {
  auto server = std::make_unique<HttpServer>(std::move(world));
  const Result<void> listening = server->listen(listen);
  if (!listening) return listening.error();
  return std::unique_ptr<WebServer>(std::move(server));
}

}  // namespace gateway::review
