#include "gateway/review/web_server.h"

#include <fmt/format.h>

#include "gateway/metrics/exposition.h"
#include "gateway/review/journal_pages.h"
#include "gateway/review/policy_page.h"
#include "gateway/web/assets.h"
#include "gateway/web/server.h"

namespace gateway::review {
namespace {

using web::Request;
using web::Response;
using web::Role;

class ReviewServer final : public WebServer {
 public:
  explicit ReviewServer(Watched watched) : watched_(std::move(watched)) {}

  Result<void> listen(const settings::Endpoint& where) {
    auto server = web::Server::start(where.ip.text(), where.port, routes(), *doorkeeper_);
    if (!server)
      return Error(fmt::format("review pages cannot listen on {}: {}; choose another review.listen",
                               where.text(), server.error().text()));
    server_ = std::move(*server);
    return {};
  }

  std::uint16_t port() const override { return server_->port(); }

 private:
  // Each page adds its line here.
  web::Routes routes() {
    web::Routes routes;
    add_vital(routes);
    web::add_assets(routes);
    add_journal_pages(routes, watched_.world);
    add_policy_pages(routes, watched_.world, trial_);
    return routes;
  }

  void add_vital(web::Routes& routes) const {
    routes.vital("/healthz", Role::none, [](const Request&) { return Response::text("ok\n"); });
    routes.vital("/readyz", Role::none, [this](const Request&) {
      return watched_.ready() ? Response::text("ready\n") : Response::text("not ready\n", 503);
    });
    routes.vital("/metrics", Role::view, [this](const Request&) {
      return Response{.content_type = metrics::Exposition::kContentType, .body = watched_.metrics()};
    });
  }

  const Watched watched_;
  PolicyTrial trial_;
  const std::unique_ptr<web::Doorkeeper> doorkeeper_ = web::open_door();
  std::unique_ptr<web::Server> server_;
};

}  // namespace

Result<std::unique_ptr<WebServer>> WebServer::start(const settings::Endpoint& listen, Watched watched) {
  auto server = std::make_unique<ReviewServer>(std::move(watched));
  if (const Result<void> listening = server->listen(listen); !listening) return listening.error();
  return std::unique_ptr<WebServer>(std::move(server));
}

}  // namespace gateway::review
