#pragma once
// The style sheet, script and icon of the pages: files of assets/, which the build puts into the binary.

#include <span>
#include <string_view>

#include "gateway/web/routes.h"
#include "gateway/web/url.h"

namespace gateway::web {

struct Asset {
  std::string_view name;     // "postern.css"
  std::string_view version;  // changes when its octets do
  std::string_view octets;
};
std::span<const Asset> assets();  // written by cmake/EmbedAssets.cmake

// Where a page finds it: /assets/NAME?v=VERSION, which may be kept for good.
Url asset_url(std::string_view name);
void add_assets(Routes& routes);

}  // namespace gateway::web
