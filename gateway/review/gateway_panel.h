#pragma once
// How the gateway is, as a panel of the Overview page.

#include "gateway/status/status.h"
#include "gateway/web/html.h"

namespace gateway::review {

web::Html gateway_panel(const status::Status& status);

}  // namespace gateway::review
