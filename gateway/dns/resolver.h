#pragma once
// Asks the DNS.  Two makers: libunbound, and a zone file for tests, the demo and `explain --dns`.

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "gateway/metrics/durations.h"
#include "gateway/net/asio.h"
#include "gateway/vocabulary.h"

namespace gateway::dns {

struct ResolverCounts {
  std::uint64_t remembered = 0;                 // questions that memory answered
  std::array<metrics::Durations, 7> answers{};  // that came from outside, by DnsStatus: how long they took
  std::size_t entries = 0;                      // in memory now
};

class Resolver {
 public:
  using Handler = std::function<void(DnsAnswer)>;
  virtual ~Resolver() = default;

  // From memory and without a wait, or nothing.  Thread-safe.
  virtual std::optional<DnsAnswer> known(const DnsQuestion& question) = 0;

  // Calls `handler` exactly once on `executor`, never inside this call: with an answer, or with
  // DnsStatus::timeout after the resolver's own patience.  Thread-safe.
  virtual void ask(DnsQuestion question, asio::any_io_executor executor, Handler handler) = 0;

  virtual ResolverCounts counts() const { return {}; }  // thread-safe
};

}  // namespace gateway::dns
