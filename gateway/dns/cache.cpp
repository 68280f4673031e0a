#include "gateway/dns/cache.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <list>
#include <map>
#include <mutex>
#include <vector>

namespace gateway::dns {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr std::size_t kShards = 16;  // so that threads seldom meet at one lock

seconds lifetime(const DnsAnswer& answer, const CacheLimits& limits) {
  if (answer.failed()) return limits.failure;
  const auto most = answer.status == DnsStatus::ok ? limits.most : limits.most_negative;
  return std::clamp(seconds(answer.ttl), std::min(limits.least, most), most);
}

std::size_t octets(const DnsQuestion& question, const DnsAnswer& answer) {
  std::size_t sum = 200 + 2 * question.name.size();  // nodes, list and the like
  for (const DnsRecord& record : answer.records) sum += sizeof record + record.text.capacity();
  return sum;
}

}  // namespace

// A part of the memory: the least recently used goes first.  A tree, not a hash table: names come from
// strangers, who could choose them to collide.
class CachingResolver::Shard {
 public:
  Shard(CacheLimits limits, Clock clock) : limits_(limits), clock_(std::move(clock)) {}

  std::optional<DnsAnswer> known(const DnsQuestion& question) {
    const std::lock_guard lock(mutex_);
    return find(question);
  }

  // What is known, or nothing when somebody has asked already and the handler waits with him; `ask` is set
  // when the caller must ask.
  std::optional<DnsAnswer> join(const DnsQuestion& question, const asio::any_io_executor& executor,
                                Handler& handler, bool& ask) {
    const std::lock_guard lock(mutex_);
    ask = false;
    if (auto answer = find(question)) return answer;
    const auto [flight, first] = in_flight_.try_emplace(question);
    flight->second.push_back({executor, std::move(handler)});
    ask = first;
    return std::nullopt;
  }

  void arrive(const DnsQuestion& question, const DnsAnswer& answer) {
    std::vector<Waiter> waiting;
    {
      const std::lock_guard lock(mutex_);
      if (auto flight = in_flight_.extract(question)) waiting = std::move(flight.mapped());
      store(question, answer);
    }
    for (Waiter& waiter : waiting)
      asio::post(waiter.executor, [handler = std::move(waiter.handler), answer] { handler(answer); });
  }

  std::size_t entries() const {
    const std::lock_guard lock(mutex_);
    return entries_.size();
  }

 private:
  struct Waiter {
    asio::any_io_executor executor;
    Handler handler;
  };
  struct Entry {
    DnsAnswer answer;
    steady_clock::time_point until;
    std::size_t octets = 0;
    std::list<const DnsQuestion*>::iterator use;
  };
  using Entries = std::map<DnsQuestion, Entry>;

  std::optional<DnsAnswer> find(const DnsQuestion& question) {
    const auto at = entries_.find(question);
    if (at == entries_.end()) return std::nullopt;
    const auto left = at->second.until - clock_();
    if (left <= left.zero()) return forget(at), std::nullopt;
    uses_.splice(uses_.begin(), uses_, at->second.use);
    DnsAnswer answer = at->second.answer;
    answer.ttl = static_cast<std::uint32_t>(std::chrono::ceil<seconds>(left).count());
    return answer;
  }

  void store(const DnsQuestion& question, const DnsAnswer& answer) {
    if (const auto old = entries_.find(question); old != entries_.end()) forget(old);
    const std::size_t needed = octets(question, answer);
    if (needed > limits_.octets || limits_.entries == 0) return;
    while (octets_ + needed > limits_.octets || entries_.size() >= limits_.entries)
      forget(entries_.find(*uses_.back()));
    const auto at = entries_.try_emplace(question).first;
    uses_.push_front(&at->first);
    at->second = {answer, clock_() + lifetime(answer, limits_), needed, uses_.begin()};
    octets_ += needed;
  }

  void forget(Entries::iterator at) {
    octets_ -= at->second.octets;
    uses_.erase(at->second.use);
    entries_.erase(at);
  }

  const CacheLimits limits_;
  const Clock clock_;
  mutable std::mutex mutex_;
  Entries entries_;
  std::list<const DnsQuestion*> uses_;  // the latest first
  std::size_t octets_ = 0;
  std::map<DnsQuestion, std::vector<Waiter>> in_flight_;
};

CachingResolver::CachingResolver(std::unique_ptr<Resolver> next, CacheLimits limits, Clock clock)
    : clock_(clock), next_(std::move(next)) {
  limits.entries = (limits.entries + kShards - 1) / kShards;
  limits.octets = (limits.octets + kShards - 1) / kShards;
  for (std::size_t i = 0; i < kShards; ++i) shards_.push_back(std::make_shared<Shard>(limits, clock));
}

CachingResolver::~CachingResolver() = default;

const std::shared_ptr<CachingResolver::Shard>& CachingResolver::shard(const DnsQuestion& question) const {
  return shards_[std::hash<std::string>()(question.name) % kShards];
}

std::optional<DnsAnswer> CachingResolver::known(const DnsQuestion& question) {
  if (auto answer = shard(question)->known(question)) {
    counters_->remembered.fetch_add(1, std::memory_order_relaxed);
    return answer;
  }
  return next_->known(question);
}

void CachingResolver::ask(DnsQuestion question, asio::any_io_executor executor, Handler handler) {
  const std::shared_ptr<Shard>& its = shard(question);
  bool first = false;
  if (auto answer = its->join(question, executor, handler, first)) {
    asio::post(executor, [handler = std::move(handler), answer = std::move(*answer)] { handler(answer); });
    return;
  }
  if (!first) return;
  try {
    next_->ask(question, std::move(executor),
               [question, counters = counters_, shard = std::weak_ptr(its), clock = clock_,
                asked = clock_()](const DnsAnswer& answer) {
                 counters->count(answer.status, clock() - asked);
                 if (const auto alive = shard.lock()) alive->arrive(question, answer);
               });
  } catch (const std::exception& error) {  // what cannot be asked has failed, and nobody must wait for it
    spdlog::error("event=dns_ask_failed question=\"{}\" error=\"{}\"", printable(question.name),
                  printable(error.what()));
    DnsAnswer failed;
    failed.status = DnsStatus::servfail;
    its->arrive(question, failed);
  }
}

void CachingResolver::Counters::count(DnsStatus status, steady_clock::duration took) {
  Answers& its = answers[static_cast<std::size_t>(status)];
  const double seconds = std::chrono::duration<double>(took).count();
  its.buckets[metrics::Durations::bucket_of(seconds)].fetch_add(1, std::memory_order_relaxed);
  const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(took).count();
  its.microseconds.fetch_add(static_cast<std::uint64_t>(microseconds), std::memory_order_relaxed);
}

ResolverCounts CachingResolver::counts() const {
  ResolverCounts counts;
  counts.remembered = counters_->remembered.load(std::memory_order_relaxed);
  for (std::size_t i = 0; i < counts.answers.size(); ++i) {
    const Answers& answers = counters_->answers[i];
    metrics::Durations::Buckets buckets{};
    for (std::size_t n = 0; n < buckets.size(); ++n)
      buckets[n] = answers.buckets[n].load(std::memory_order_relaxed);
    const auto sum = static_cast<double>(answers.microseconds.load(std::memory_order_relaxed));
    counts.answers[i] = {buckets, sum / 1e6};
  }
  counts.entries = entries();
  return counts;
}

std::size_t CachingResolver::entries() const {
  std::size_t sum = 0;
  for (const auto& one : shards_) sum += one->entries();
  return sum;
}

}  // namespace gateway::dns
