#pragma once
// The Log: search as one types, by fields or by clicking on what is shown; page by page to the end of the
// journal; as CSV and as JSON lines.

#include "gateway/review/world.h"
#include "gateway/web/request.h"
#include "gateway/web/response.h"

namespace gateway::review {

web::Response log_page(const web::Request& request, const World& world);
web::Response log_csv(const web::Request& request, const World& world);
web::Response log_lines(const web::Request& request, const World& world);

}  // namespace gateway::review
