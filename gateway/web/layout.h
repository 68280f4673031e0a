#pragma once
// The frame of every page: navigation, title, who is logged in, style sheet.  Its look is assets/postern.css.

#include <optional>
#include <string>
#include <string_view>

#include "gateway/web/html.h"
#include "gateway/web/request.h"
#include "gateway/web/response.h"

namespace gateway::web {

enum class Section { none, overview, log, quarantine, policy };  // which word of the navigation is marked

struct Page {
  std::string title;  // of the window, and the heading unless `heading` has one
  Section section = Section::none;
  Html body;
  Html heading = {};  // in the place of the title, beside which it may carry badges
  int status = 200;
  std::optional<unsigned> refresh_after = {};  // seconds, after which the browser asks again
};
Response page(const Request& request, Page page);

// A sentence about what went wrong, in the frame, or as {"error": "…"} below /api/.
Response error_page(const Request& request, int status, std::string_view sentence);

}  // namespace gateway::web
