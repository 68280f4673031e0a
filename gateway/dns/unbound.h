#pragma once
// The resolver of the running gateway: libunbound, with its cache, retries and (where asked for) DNSSEC.

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "gateway/dns/resolver.h"

namespace gateway::dns {

struct UnboundOptions {
  // "IP:port", "[IPv6]:port" or "IP"; empty: those of /etc/resolv.conf; "recursive" alone: ask from the
  // roots.
  std::vector<std::string> servers;
  bool dnssec = false;                         // validate; always when recursive
  std::chrono::milliseconds patience{10'000};  // for one question, then it is a time-out
};

class UnboundResolver final : public Resolver {
 public:
  // Reads all files it needs (/etc/resolv.conf) now; threads begin with the first question.  So it may be
  // made before a sandbox closes.
  static Result<std::unique_ptr<UnboundResolver>> make(const UnboundOptions& options);

  // To be called when the loops that asked have stopped and before they are destroyed: handlers not called by
  // then never are.
  ~UnboundResolver() override;

  std::optional<DnsAnswer> known(const DnsQuestion&) override { return std::nullopt; }
  // Does not keep the executor's loop running.
  void ask(DnsQuestion question, asio::any_io_executor executor, Handler handler) override;

 private:
  class Worker;
  explicit UnboundResolver(std::unique_ptr<Worker> worker);
  std::unique_ptr<Worker> worker_;
};

}  // namespace gateway::dns
