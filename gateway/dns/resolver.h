#pragma once
// Asks the DNS.  Two makers: libunbound, and a zone file for tests, the demo and `explain --dns`.

#include <functional>
#include <memory>
#include <optional>

#include "gateway/net/asio.h"
#include "gateway/vocabulary.h"

namespace gateway::dns {

class Resolver {
 public:
  using Handler = std::function<void(DnsAnswer)>;
  virtual ~Resolver() = default;

  // From memory and without a wait, or nothing.  Thread-safe.
  virtual std::optional<DnsAnswer> known(const DnsQuestion& question) = 0;

  // Calls `handler` exactly once on `executor`, never inside this call: with an answer, or with
  // DnsStatus::timeout after the resolver's own patience.  Thread-safe.
  virtual void ask(DnsQuestion question, asio::any_io_executor executor, Handler handler) = 0;
};

}  // namespace gateway::dns
