#include "gateway/dns/cache.h"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <thread>

#include "gateway/dns/zone_resolver.h"
#include "tests/support/fake_filter.h"
#include "tests/support/named.h"

namespace gateway::dns {
namespace {

using std::chrono::seconds;
using support::FakeResolver;

const DnsQuestion kQuestion{"a.example", RecordType::txt};

struct Bench {
  explicit Bench(CacheLimits limits = {},
                 std::unique_ptr<FakeResolver> fake = std::make_unique<FakeResolver>())
      : next(*fake), cache(std::move(fake), limits, [this] { return now; }) {}

  void ask(const DnsQuestion& question = kQuestion) {
    cache.ask(question, loop.get_executor(), [this](const DnsAnswer& answer) { got.push_back(answer); });
  }
  void poll() {
    loop.restart();
    loop.poll();
  }
  void learn(std::string_view name, DnsAnswer answer) {
    ask({name, RecordType::txt});
    ASSERT_TRUE(next.answer(name, std::move(answer)));
    poll();
  }

  asio::io_context loop;
  FakeResolver& next;
  std::chrono::steady_clock::time_point now{};
  CachingResolver cache;
  std::vector<DnsAnswer> got;
};

TEST(CachingResolver, KnowsWhatWasAnsweredWithTheTimeLeft) {
  Bench bench;
  EXPECT_FALSE(bench.cache.known(kQuestion));
  bench.learn("a.example", FakeResolver::text("x", 60));
  bench.now += seconds(20);
  const auto known = bench.cache.known(kQuestion);
  ASSERT_TRUE(known);
  EXPECT_EQ(known->records.at(0).text, "x");
  EXPECT_EQ(known->ttl, 40u);
  bench.ask();
  EXPECT_EQ(bench.got.size(), 1u) << "never inside the call";
  bench.poll();
  EXPECT_EQ(bench.got.size(), 2u);
  EXPECT_EQ(bench.next.asked.size(), 1u);
  EXPECT_FALSE(bench.cache.known({"a.example", RecordType::a})) << "another type is another question";
}

TEST(CachingResolver, CountsHowLongAnswersTookByTheirKind) {
  Bench bench;
  bench.ask();
  bench.now += std::chrono::milliseconds(200);
  ASSERT_TRUE(bench.next.answer("a.example", FakeResolver::text("x", 60)));
  bench.poll();
  bench.ask({"slow.example", RecordType::txt});
  bench.now += seconds(9);
  ASSERT_TRUE(bench.next.answer("slow.example", FakeResolver::status(DnsStatus::timeout)));
  bench.poll();
  EXPECT_TRUE(bench.cache.known(kQuestion));
  const ResolverCounts counts = bench.cache.counts();
  EXPECT_EQ(counts.remembered, 1u) << "and that took no time";
  const auto& ok = counts.answers[static_cast<std::size_t>(DnsStatus::ok)];
  const auto& late = counts.answers[static_cast<std::size_t>(DnsStatus::timeout)];
  EXPECT_EQ(ok.count(), 1u);
  EXPECT_GT(ok.quantile(0.5), 0.1);
  EXPECT_LE(ok.quantile(0.5), 0.25);
  EXPECT_EQ(late.count(), 1u);
  EXPECT_GT(late.quantile(0.5), 5.0);
  EXPECT_LE(late.quantile(0.5), 10.0);
}

TEST(CachingResolver, AsksTheSameQuestionOnce) {
  Bench bench;
  bench.ask();
  bench.ask();
  bench.ask({"a.example", RecordType::a});
  EXPECT_EQ(bench.next.asked.size(), 2u);
  ASSERT_TRUE(bench.next.answer("a.example", FakeResolver::text("x")));
  bench.poll();
  EXPECT_EQ(bench.got.size(), 2u);
  bench.ask();
  bench.poll();
  EXPECT_EQ(bench.next.asked.size(), 2u);
}

TEST(CachingResolver, PassesOnWhatTheNextOneKnows) {
  Bench bench;
  bench.next.memory[kQuestion] = FakeResolver::text("zone");
  EXPECT_EQ(bench.cache.known(kQuestion)->records.at(0).text, "zone");
}

TEST(CachingResolver, MayEndBeforeTheAnswer) {
  asio::io_context loop;
  auto owned = std::make_unique<FakeResolver>();
  FakeResolver& next = *owned;
  {
    CachingResolver cache(std::move(owned));
    cache.ask(kQuestion, loop.get_executor(), [](const DnsAnswer&) { ADD_FAILURE(); });
    ASSERT_TRUE(next.answer("a.example", FakeResolver::text("x")));
  }
  EXPECT_EQ(loop.poll(), 1u);
}

struct Lifetime {
  std::string name;
  DnsStatus status;
  std::uint32_t ttl;
  std::uint32_t expected;  // seconds
};
POSTERN_NAMED(Lifetime)

class CacheLifetimes : public testing::TestWithParam<Lifetime> {};

TEST_P(CacheLifetimes, AreClamped) {
  Bench bench;
  DnsAnswer answer = FakeResolver::status(GetParam().status);
  answer.ttl = GetParam().ttl;
  bench.learn("a.example", answer);
  bench.now += seconds(GetParam().expected) - std::chrono::milliseconds(1);
  ASSERT_TRUE(bench.cache.known(kQuestion));
  EXPECT_EQ(bench.cache.known(kQuestion)->ttl, 1u);
  EXPECT_EQ(bench.cache.known(kQuestion)->status, GetParam().status);
  bench.now += std::chrono::milliseconds(1);
  EXPECT_FALSE(bench.cache.known(kQuestion));
  EXPECT_EQ(bench.cache.entries(), 0u);
}

using enum DnsStatus;
INSTANTIATE_TEST_SUITE_P(
    Table, CacheLifetimes,
    testing::Values(Lifetime{"as told", ok, 300, 300}, Lifetime{"no time at all", ok, 0, 1},
                    Lifetime{"for ever", ok, 0xffffffff, 86'400},
                    Lifetime{"nothing, as told", nodata, 60, 60},
                    Lifetime{"nothing for long", nodata, 86'400, 300},
                    Lifetime{"no such name for long", nxdomain, 3600, 300},
                    Lifetime{"no such name, no time", nxdomain, 0, 1},
                    Lifetime{"server failure", servfail, 3600, 5}, Lifetime{"time-out", timeout, 0, 5},
                    Lifetime{"refused", refused, 60, 5}, Lifetime{"bogus", bogus, 60, 5}));

TEST(CachingResolver, ForgetsTheLeastRecentlyUsed) {
  Bench bench({.entries = 16});  // one a shard
  for (int i = 0; i < 200; ++i) bench.learn(std::to_string(i), FakeResolver::text("x"));
  EXPECT_EQ(bench.cache.entries(), 16u);
  EXPECT_TRUE(bench.cache.known({"199", RecordType::txt}));
  EXPECT_FALSE(bench.cache.known({"0", RecordType::txt}));
}

TEST(CachingResolver, WhatIsUsedStays) {
  Bench bench({.entries = 32});  // two a shard
  bench.learn("0", FakeResolver::text("x"));
  for (int i = 1; i < 200; ++i) {
    bench.learn(std::to_string(i), FakeResolver::text("x"));
    EXPECT_TRUE(bench.cache.known({"0", RecordType::txt})) << i;
  }
}

TEST(CachingResolver, IsBoundedInOctetsToo) {
  Bench bench({.octets = 16 * 4096});
  for (int i = 0; i < 200; ++i) bench.learn(std::to_string(i), FakeResolver::text(std::string(1500, 'x')));
  EXPECT_LE(bench.cache.entries(), 32u);
  EXPECT_TRUE(bench.cache.known({"199", RecordType::txt}));
  bench.learn("large", FakeResolver::text(std::string(5000, 'x')));
  EXPECT_FALSE(bench.cache.known({"large", RecordType::txt})) << "it would push out everything";
}

TEST(CachingResolver, ServesManyThreads) {
  Zone zone;
  for (int i = 0; i < 50; ++i)
    zone.add(std::to_string(i) + ".example", RecordType::txt,
             {.text = std::to_string(i), .address = {}, .preference = 0});
  class Slow final : public Resolver {  // one that knows nothing at once
   public:
    explicit Slow(Zone all) : zone_(std::move(all)) {}
    std::optional<DnsAnswer> known(const DnsQuestion&) override { return std::nullopt; }
    void ask(DnsQuestion question, asio::any_io_executor executor, Handler handler) override {
      zone_.ask(std::move(question), std::move(executor), std::move(handler));
    }

   private:
    ZoneResolver zone_;
  };
  CachingResolver cache(std::make_unique<Slow>(std::move(zone)), {.entries = 32});
  std::atomic<int> right{0};
  // The loops end after all threads: an answer may come by the loop of whoever asked first.
  std::vector<asio::io_context> loops(4);
  std::vector<std::thread> threads;
  std::atomic<int> busy{4};
  for (asio::io_context& loop : loops)
    threads.emplace_back([&cache, &right, &loop, &busy] {
      int mine = 0;
      for (int i = 0; i < 2000; ++i) {
        const std::string number = std::to_string(i % 50);
        cache.ask({number + ".example", RecordType::txt}, loop.get_executor(),
                  [&, number](const DnsAnswer& got) {
                    if (got.records.at(0).text == number) ++right;
                    ++mine;
                  });
        if (i % 10 == 0) {
          loop.restart();
          loop.poll();
        }
      }
      --busy;
      while (mine < 2000 || busy > 0) {
        loop.restart();
        loop.poll();
        std::this_thread::yield();
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, 4 * 2000);
}

// One that cannot even be asked.
class ThrowingResolver final : public Resolver {
 public:
  std::optional<DnsAnswer> known(const DnsQuestion&) override { return std::nullopt; }
  void ask(DnsQuestion, asio::any_io_executor, Handler) override {
    ++asked;
    throw std::runtime_error("no room");
  }
  unsigned asked = 0;
};

TEST(CachingResolver, ALookUpThatThrowsHasFailedForAllWhoWait) {
  auto throwing = std::make_unique<ThrowingResolver>();
  ThrowingResolver& next = *throwing;
  std::chrono::steady_clock::time_point now{};
  CachingResolver cache(std::move(throwing), {}, [&] { return now; });
  asio::io_context loop;
  std::vector<DnsAnswer> got;
  const auto ask = [&] {
    cache.ask(kQuestion, loop.get_executor(), [&](const DnsAnswer& answer) { got.push_back(answer); });
  };
  ask();
  loop.poll();
  ASSERT_EQ(got.size(), 1u);
  EXPECT_EQ(got[0].status, DnsStatus::servfail);
  now += std::chrono::hours(1);
  ask();
  loop.restart();
  loop.poll();
  EXPECT_EQ(got.size(), 2u) << "nobody is left in flight behind it";
  EXPECT_EQ(next.asked, 2u);
}

}  // namespace
}  // namespace gateway::dns
