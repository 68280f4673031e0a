#include "gateway/web/assets.h"

#include <algorithm>

namespace gateway::web {
namespace {

const Asset* find(std::string_view name) {
  const auto found = std::ranges::find(assets(), name, &Asset::name);
  return found == assets().end() ? nullptr : &*found;
}

std::string_view type_of(std::string_view name) {
  if (name.ends_with(".css")) return "text/css; charset=utf-8";
  if (name.ends_with(".js")) return "text/javascript; charset=utf-8";
  return "image/svg+xml";
}

}  // namespace

Url asset_url(std::string_view name) {
  const Asset* asset = find(name);
  return Url("/assets").below(name).with("v", asset ? asset->version : std::string_view());
}

void add_assets(Routes& routes) {
  routes.page("/assets/{name}", Role::none, [](const Request& request) {
    const Asset* asset = find(request.parameter("name"));
    if (!asset) return Response::text("there is no such file\n", 404);
    Response response{.content_type = std::string(type_of(asset->name)), .body = std::string(asset->octets)};
    // Of another version it is kept by nobody: that would be this one under a wrong name.
    if (request.query.get("v") == asset->version)
      response.headers.emplace_back("Cache-Control", "public, max-age=31536000, immutable");
    return response;
  });
}

}  // namespace gateway::web
