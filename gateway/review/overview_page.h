#pragma once
// The first page: what came of the mail lately, and whether the gateway is well.

#include "gateway/review/world.h"
#include "gateway/web/request.h"
#include "gateway/web/response.h"

namespace gateway::review {

web::Response overview_page(const web::Request& request, const World& world);

}  // namespace gateway::review
