#pragma once
// libunbound, set up as a mail gateway wants it.

#include <unbound.h>

#include <memory>

#include "gateway/dns/unbound.h"

namespace gateway::dns {

struct FreeContext {
  void operator()(ub_ctx* context) const { ub_ctx_delete(context); }
};
using UnboundContext = std::unique_ptr<ub_ctx, FreeContext>;

// Reads /etc/resolv.conf where no servers are named.  Its settings are final.
Result<UnboundContext> make_context(const UnboundOptions& options);

}  // namespace gateway::dns
