#pragma once
// A small memory in front of a resolver: what was answered a moment ago is known without a wait, and the same
// question asked by many at once goes out once.

#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "gateway/dns/resolver.h"

namespace gateway::dns {

struct CacheLimits {
  std::size_t entries = 100'000;
  std::size_t octets = 64 << 20;            // names and data, estimated
  std::chrono::seconds least{1};            // however short the TTL
  std::chrono::seconds most{24 * 3600};     // however long
  std::chrono::seconds most_negative{300};  // nodata, nxdomain; RFC 2308 §5 allows more
  std::chrono::seconds failure{5};          // servfail, time-out and the like; RFC 9520 §3.2
};

class CachingResolver final : public Resolver {
 public:
  using Clock = std::function<std::chrono::steady_clock::time_point()>;

  // `clock` is called from any thread.
  explicit CachingResolver(std::unique_ptr<Resolver> next, CacheLimits limits = {},
                           Clock clock = std::chrono::steady_clock::now);
  ~CachingResolver() override;

  std::optional<DnsAnswer> known(const DnsQuestion& question) override;
  void ask(DnsQuestion question, asio::any_io_executor executor, Handler handler) override;

  std::size_t entries() const;
  ResolverCounts counts() const override;

 private:
  class Shard;
  const std::shared_ptr<Shard>& shard(const DnsQuestion& question) const;

  struct Answers {  // of one status
    std::array<std::atomic<std::uint64_t>, metrics::Durations::kBounds.size() + 1> buckets{};
    std::atomic<std::uint64_t> microseconds{0};
  };
  struct Counters {  // shared with answers under way
    std::atomic<std::uint64_t> remembered{0};
    std::array<Answers, 7> answers{};
    void count(DnsStatus status, std::chrono::steady_clock::duration took);
  };
  const std::shared_ptr<Counters> counters_ = std::make_shared<Counters>();
  const Clock clock_;
  std::vector<std::shared_ptr<Shard>> shards_;
  const std::unique_ptr<Resolver> next_;
};

}  // namespace gateway::dns
