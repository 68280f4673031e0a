#pragma once
// HTTP, on threads of its own: connections come in here, pages are answered by answer.h.
//
// A client holds one thread while it speaks.  So each has a deadline for its whole request, idle ones and
// those that keep us waiting for the rest of a request go when others wait, and of all threads only some may
// be in pages: what is vital finds one soon.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gateway/net/tls.h"
#include "gateway/vocabulary.h"
#include "gateway/web/doorkeeper.h"
#include "gateway/web/routes.h"

namespace gateway::web {

struct ServerOptions {
  std::size_t threads = 24;
  std::size_t pages = 8;                  // threads that may be in pages at once; others hear 503
  std::size_t waiting = 100;              // connections that may wait for a thread; others are closed
  std::size_t per_network = 12;           // connections of one network (/24, /64); loopback is exempt
  std::size_t most_octets = 2 << 20;      // of one request, all in all
  std::chrono::seconds request_wait{10};  // from its first octet to its last
  std::chrono::seconds patience{2};       // as long may it keep us waiting for octets while others wait
  std::chrono::seconds answer_wait{60};   // until the client has taken the answer, or the next piece of it
  std::chrono::seconds export_wait{600};  // until it has taken all pieces
  // The certificates in force; asked for each connection, so that renewed ones are taken.  Empty: plain HTTP.
  std::function<std::shared_ptr<const net::TlsServer>()> tls = {};
  // Reverse proxies in front of us, which speak TLS with browsers.  Without TLS of our own nobody but these
  // and this machine is served; what they say of the client in X-Forwarded-For and -Proto is taken.
  std::vector<Network> proxies = {};
  std::chrono::seconds idle_wait{5};  // for the next request
};

class Server {
 public:
  static Result<std::unique_ptr<Server>> start(const std::string& host, std::uint16_t port, Routes routes,
                                               Doorkeeper& doorkeeper, ServerOptions options = {});
  virtual ~Server() = default;
  virtual std::uint16_t port() const = 0;  // chosen by the system where 0 was asked for
};

}  // namespace gateway::web
