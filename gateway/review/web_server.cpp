#include "gateway/review/web_server.h"

#include <fmt/format.h>

#include "gateway/metrics/exposition.h"
#include "gateway/review/journal_pages.h"
#include "gateway/review/policy_page.h"
#include "gateway/review/quarantine_pages.h"
#include "gateway/web/access/doors.h"
#include "gateway/web/assets.h"
#include "gateway/web/server.h"

namespace gateway::review {
namespace {

using web::Request;
using web::Response;
using web::Role;

class ReviewServer final : public WebServer {
 public:
  ReviewServer(Entrance entrance, Watched watched)
      : entrance_(std::move(entrance)), watched_(std::move(watched)) {}

  Result<void> listen() {
    web::Routes routes;
    doorkeeper_ = door(routes);
    add_pages(routes);
    auto server = web::Server::start(entrance_.listen.ip.text(), entrance_.listen.port, std::move(routes),
                                     *doorkeeper_, {.tls = entrance_.tls, .proxies = entrance_.proxies});
    if (!server)
      return Error(fmt::format("review pages cannot listen on {}: {}; choose another review.listen",
                               entrance_.listen.text(), server.error().text()));
    server_ = std::move(*server);
    return {};
  }

  std::uint16_t port() const override { return server_->port(); }

 private:
  std::unique_ptr<web::Doorkeeper> door(web::Routes& routes) const {
    const web::access::DoorSettings settings{.names = entrance_.names, .local_paths = {"/metrics"}};
    if (entrance_.passwords.empty()) return web::access::local_door(settings);
    auto door = web::access::LoginDoor::make(entrance_.passwords, settings);
    door->add_pages(routes);
    return door;
  }

  // Each page adds its line here.
  void add_pages(web::Routes& routes) {
    add_vital(routes);
    web::add_assets(routes);
    add_journal_pages(routes, watched_.world);
    add_policy_pages(routes, watched_.world, trial_);
    add_quarantine_pages(routes, watched_.world);
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

  const Entrance entrance_;
  const Watched watched_;
  PolicyTrial trial_;
  std::unique_ptr<web::Doorkeeper> doorkeeper_;
  std::unique_ptr<web::Server> server_;
};

}  // namespace

Result<std::unique_ptr<WebServer>> WebServer::start(Entrance entrance, Watched watched) {
  auto server = std::make_unique<ReviewServer>(std::move(entrance), std::move(watched));
  if (const Result<void> listening = server->listen(); !listening) return listening.error();
  return std::unique_ptr<WebServer>(std::move(server));
}

}  // namespace gateway::review
