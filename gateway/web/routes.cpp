#include "gateway/web/routes.h"

namespace gateway::web {
namespace {

bool is_parameter(std::string_view segment) { return segment.starts_with('{'); }

bool fits(const Route& route, const std::vector<std::string>& path) {
  if (route.segments.size() != path.size()) return false;
  for (std::size_t i = 0; i < path.size(); ++i)
    if (is_parameter(route.segments[i]) ? path[i].empty() : route.segments[i] != path[i]) return false;
  return true;
}

}  // namespace

std::optional<std::vector<std::string>> path_segments(std::string_view path) {
  if (!path.starts_with('/')) return std::nullopt;
  std::vector<std::string> segments;
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::string_view one = path.substr(0, path.find('/'));
    auto decoded = percent_decoded(one);
    if (!decoded) return std::nullopt;
    segments.push_back(std::move(*decoded));
    path.remove_prefix(one.size());
  }
  return segments;
}

Route& Routes::add(std::string_view method, std::string_view pattern, Role role, Handler handler, bool vital,
                   std::size_t most_octets) {
  routes_.push_back({.method = std::string(method),
                     .segments = *path_segments(pattern),
                     .role = role,
                     .vital = vital,
                     .most_octets = most_octets,
                     .handler = std::move(handler),
                     .fields = {}});
  return routes_.back();
}

Route& Routes::page(std::string_view pattern, Role role, Handler handler) {
  return add("GET", pattern, role, std::move(handler), false, 0);
}

void Routes::action(std::string_view pattern, Role role, Handler handler, std::size_t most_octets) {
  add("POST", pattern, role, std::move(handler), false, most_octets);
}

void Routes::vital(std::string_view pattern, Role role, Handler handler) {
  add("GET", pattern, role, std::move(handler), true, 0);
}

Routes::Found Routes::find(std::string_view method, const std::vector<std::string>& path) const {
  Found found;
  for (const Route& route : routes_) {
    if (!fits(route, path)) continue;
    const std::string_view its = route.method == "GET" ? std::string_view("GET, HEAD") : route.method;
    if (found.methods.find(its) == found.methods.npos)
      found.methods.append(found.methods.empty() ? "" : ", ").append(its);
    if (route.method != (method == "HEAD" ? "GET" : method)) continue;
    found.route = &route;
    for (std::size_t i = 0; i < path.size(); ++i)
      if (const std::string_view name = route.segments[i]; is_parameter(name))
        found.parameters.emplace_back(name.substr(1, name.size() - 2), path[i]);
    break;
  }
  return found;
}

}  // namespace gateway::web
