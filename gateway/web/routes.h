#pragma once
// Which page answers which address, and who may ask for it.
//
//   void add_log_pages(web::Routes& routes, const World& world) {
//     routes.page("/log", Role::view, [&](const Request& request) { return log_page(request, world); });
//     routes.page("/message/{id}", Role::view, …);                  // request.parameter("id")
//     routes.action("/quarantine/release", Role::operate, …);       // a POST; its form token has been
//     checked
//   }
//
// The server finds out who asks, compares his role, checks that a POST comes from a form of ours, and only
// then calls the handler, on one of several threads.  A handler may throw: that is a 500, and logged.

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/web/request.h"
#include "gateway/web/response.h"

namespace gateway::web {

using Handler = std::function<Response(const Request&)>;

struct Route {
  std::string method;  // GET, which is HEAD as well, or POST
  std::vector<std::string> segments;
  Role role;
  bool vital = false;                  // answers even while pages are slow
  std::size_t most_octets = 64 << 10;  // of what is posted
  Handler handler;
  // What its query may ask; for programs, which would not see that a mistyped name asks for nothing.
  std::optional<std::vector<std::string_view>> fields;
};

class Routes {
 public:
  // `pattern` is "/log" or "/message/{id}"; a segment in braces takes any one segment.  The route is good
  // until the next one is added.
  Route& page(std::string_view pattern, Role role, Handler handler);
  void action(std::string_view pattern, Role role, Handler handler, std::size_t most_octets = 64 << 10);
  // For machines that watch us: short, never waits, and is answered while all pages are busy.
  void vital(std::string_view pattern, Role role, Handler handler);

  struct Found {
    const Route* route = nullptr;
    std::string methods;  // "GET, HEAD, POST": those that this path takes; empty: it is unknown
    std::vector<std::pair<std::string, std::string>> parameters;
  };
  // The first added that fits.  `path` is percent-decoded segment by segment.
  Found find(std::string_view method, const std::vector<std::string>& path) const;

 private:
  Route& add(std::string_view method, std::string_view pattern, Role role, Handler handler, bool vital,
             std::size_t most_octets);
  std::vector<Route> routes_;
};

// "/message/a%20b" as its segments; nothing when it does not begin with / or a % is broken.
std::optional<std::vector<std::string>> path_segments(std::string_view path);

}  // namespace gateway::web
