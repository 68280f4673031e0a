#pragma once
// Answers from a zone file; no look-up leaves the machine.

#include <memory>

#include "gateway/dns/resolver.h"
#include "gateway/dns/zone.h"

namespace gateway::dns {

class ZoneResolver final : public Resolver {
 public:
  explicit ZoneResolver(Zone zone) : zone_(std::move(zone)) {}

  // Everything is known at once, the zone's time-outs included.
  std::optional<DnsAnswer> known(const DnsQuestion& question) override { return zone_.answer(question); }
  void ask(DnsQuestion question, asio::any_io_executor executor, Handler handler) override;

 private:
  const Zone zone_;
};

}  // namespace gateway::dns
