#pragma once
// The review pages and what watches us by HTTP: which pages there are, and what they are made of.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gateway/net/tls.h"
#include "gateway/review/world.h"
#include "gateway/settings/settings.h"
#include "gateway/vocabulary.h"

namespace gateway::review {

// Where people come in, and how they are known.
struct Entrance {
  settings::Endpoint listen;
  settings::Path passwords = {};  // empty: everybody on this machine may do everything
  std::vector<std::string> names = {};
  std::vector<Network> proxies = {};
  std::function<std::shared_ptr<const net::TlsServer>()> tls = {};  // empty: plain HTTP
};

class WebServer {
 public:
  struct Watched {  // all must outlive the server; the functions are called from its threads
    World world;
    std::function<bool()> ready;           // for /readyz: whether mail can be taken
    std::function<std::string()> metrics;  // for /metrics, as Exposition has it
  };
  static Result<std::unique_ptr<WebServer>> start(Entrance entrance, Watched watched);
  virtual ~WebServer() = default;
  virtual std::uint16_t port() const = 0;  // chosen by the system where 0 was asked for
};

}  // namespace gateway::review
