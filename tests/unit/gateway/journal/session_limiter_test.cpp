// How many connections without a transaction get a record, and what is told of the others.
#include "gateway/journal/session_limiter.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <thread>
#include <vector>

namespace gateway::journal {
namespace {

using Time = SessionLimiter::Time;
using namespace std::chrono_literals;

const Time kStart = Time{} + 100h;

IpAddress client(unsigned network, unsigned host = 1) {
  return *IpAddress::parse(
      fmt::format("{}.{}.{}.{}", 1 + network / 65536, network / 256 % 256, network % 256, host));
}

struct Flood {
  unsigned recorded = 0;
  unsigned told = 0;     // left out, as the records say
  unsigned alerted = 0;  // left out, as the alerts say
  unsigned alerts = 0;

  void ask(SessionLimiter& limiter, const IpAddress& from, Time now) {
    const auto answer = limiter.ask(from, now);
    recorded += answer.record;
    told += answer.left_out;
    alerted += answer.alert;
    alerts += answer.alert > 0;
  }
};

TEST(SessionLimiter, records_what_comes_now_and_then) {
  SessionLimiter limiter(1);
  Flood flood;
  for (unsigned i = 0; i < 1000; ++i) flood.ask(limiter, client(1), kStart + i * 10s);
  EXPECT_EQ(flood.recorded, 1000u);
  EXPECT_EQ(flood.told + flood.alerted, 0u);
}

TEST(SessionLimiter, holds_a_network_to_its_share_and_no_other) {
  SessionLimiter limiter(1);
  Flood flood;
  for (unsigned i = 0; i < 1000; ++i) flood.ask(limiter, client(1, i % 256), kStart);
  EXPECT_EQ(flood.recorded, SessionLimiter::kPerNetwork.burst);
  EXPECT_TRUE(limiter.ask(client(2), kStart).record);
  EXPECT_FALSE(limiter.ask(client(1), kStart + 9999ms).record);
  EXPECT_TRUE(limiter.ask(client(1), kStart + 10s).record);
  EXPECT_FALSE(limiter.ask(client(1), kStart + 10s).record);
}

TEST(SessionLimiter, counts_ipv6_by_64_bits) {
  SessionLimiter limiter(1);
  Flood flood;
  for (unsigned i = 0; i < 100; ++i)
    flood.ask(limiter, *IpAddress::parse(fmt::format("2001:db8::{:x}:{:x}", i, i)), kStart);
  EXPECT_EQ(flood.recorded, SessionLimiter::kPerNetwork.burst);
  EXPECT_TRUE(limiter.ask(*IpAddress::parse("2001:db8:0:1::1"), kStart).record);
}

TEST(SessionLimiter, holds_all_together_to_a_rate_and_forgets_no_one) {
  SessionLimiter limiter(1);
  Flood flood;
  const unsigned asked = 100'000;  // in 100 s, each from another network
  for (unsigned i = 0; i < asked; ++i) flood.ask(limiter, client(i), kStart + i * 1ms);
  EXPECT_EQ(flood.recorded, SessionLimiter::kInAll.burst + 399);
  flood.ask(limiter, client(200'000), kStart + 1h);
  EXPECT_EQ(flood.recorded + flood.told, asked + 1) << "the next record tells of all that were left out";
}

TEST(SessionLimiter, alerts_at_once_and_then_once_a_minute) {
  SessionLimiter limiter(1);
  Flood flood;
  for (unsigned i = 0; i < 20; ++i) flood.ask(limiter, client(1), kStart);
  EXPECT_EQ(flood.alerts, 0u);
  flood.ask(limiter, client(1), kStart);
  EXPECT_EQ(flood.alerted, 1u);
  for (unsigned i = 1; i <= 180; ++i) flood.ask(limiter, client(1), kStart + i * 1s);
  EXPECT_EQ(flood.alerts, 4u);
  EXPECT_EQ(flood.recorded + flood.alerted, 20 + 1 + 180u);
}

TEST(SessionLimiter, tells_what_was_left_out_even_if_nothing_is_left_out_any_more) {
  SessionLimiter limiter(1);
  Flood flood;
  for (unsigned i = 0; i < 25; ++i) flood.ask(limiter, client(1), kStart);
  EXPECT_EQ(flood.alerted, 1u);
  flood.ask(limiter, client(2), kStart + 60s);
  EXPECT_EQ(flood.alerted, 5u);
  EXPECT_EQ(flood.told, 5u);
}

TEST(SessionLimiter, counts_right_from_many_threads) {
  SessionLimiter limiter(1);
  std::vector<Flood> floods(4);
  std::vector<std::thread> threads;
  for (unsigned n = 0; n < floods.size(); ++n)
    threads.emplace_back([&, n] {
      for (unsigned i = 0; i < 1000; ++i) floods[n].ask(limiter, client(1), kStart);
    });
  for (std::thread& thread : threads) thread.join();
  unsigned recorded = 0;
  for (const Flood& flood : floods) recorded += flood.recorded;
  EXPECT_EQ(recorded, SessionLimiter::kPerNetwork.burst);
}

}  // namespace
}  // namespace gateway::journal
