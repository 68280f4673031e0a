#pragma once
// The review pages and health checks over HTTP, on threads of their own.

#include <functional>
#include <memory>

#include "gateway/review/recent.h"
#include "gateway/settings/settings.h"
#include "gateway/vocabulary.h"

namespace gateway::review {

class WebServer {
 public:
  // `ready` says whether mail can be taken, for /readyz.  Both must outlive the server.
  static Result<std::unique_ptr<WebServer>> start(const settings::Endpoint& listen, const Recent& recent,
                                                  std::function<bool()> ready);
  virtual ~WebServer() = default;
  virtual std::uint16_t port() const = 0;  // chosen by the system where 0 was asked for
};

}  // namespace gateway::review
