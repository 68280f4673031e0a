#pragma once
// How the gateway is at this moment, for /metrics.

#include "gateway/metrics/exposition.h"
#include "gateway/status/status.h"

namespace gateway::metrics {

void tell(const status::Status& status, Exposition& text);

}  // namespace gateway::metrics
