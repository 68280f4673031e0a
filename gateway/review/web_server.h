#pragma once
// The review pages and what watches us by HTTP: which pages there are, and what they are made of.

#include <functional>
#include <memory>

#include "gateway/review/world.h"
#include "gateway/settings/settings.h"
#include "gateway/vocabulary.h"

namespace gateway::review {

class WebServer {
 public:
  struct Watched {  // all must outlive the server; the functions are called from its threads
    World world;
    std::function<bool()> ready;           // for /readyz: whether mail can be taken
    std::function<std::string()> metrics;  // for /metrics, as Exposition has it
  };
  static Result<std::unique_ptr<WebServer>> start(const settings::Endpoint& listen, Watched watched);
  virtual ~WebServer() = default;
  virtual std::uint16_t port() const = 0;  // chosen by the system where 0 was asked for
};

}  // namespace gateway::review
