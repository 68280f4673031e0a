#pragma once
// The same for programs: JSON below /api/v1/.  Names in it stay what they are; others may be added.

#include "gateway/review/world.h"
#include "gateway/web/request.h"
#include "gateway/web/response.h"

namespace gateway::review {

web::Response api_status(const web::Request& request, const World& world);
web::Response api_overview(const web::Request& request, const World& world);
web::Response api_stats(const web::Request& request, const World& world);
web::Response api_log(const web::Request& request, const World& world);
web::Response api_message(const web::Request& request, const World& world);

}  // namespace gateway::review
