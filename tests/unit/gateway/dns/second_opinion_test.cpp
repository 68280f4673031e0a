#include "gateway/dns/second_opinion.h"

#include <gtest/gtest.h>
#include <poll.h>

#include "gateway/dns/forwarder.h"
#include "tests/support/dns_server.h"
#include "tests/support/named.h"

namespace gateway::dns {
namespace {

using support::DnsReply;
using support::DnsServer;
using enum DnsStatus;

constexpr auto kNever = SecondOpinion::Clock::time_point::max();
const DnsQuestion kQuestion{"a.example", RecordType::txt};

SecondOpinion of(const DnsServer& server) {
  const auto forwarder = parse_forwarder(server.address());
  return SecondOpinion(forwarder->ip, forwarder->port);
}

struct Case {
  std::string name;
  DnsReply reply;
  DnsStatus expected;
};
POSTERN_NAMED(Case)

class Opinion : public testing::TestWithParam<Case> {};

TEST_P(Opinion, TellsWhy) {
  const DnsServer server([](const DnsQuestion&) { return GetParam().reply; });
  SecondOpinion opinion = of(server);
  std::optional<DnsStatus> heard;
  ASSERT_TRUE(opinion.ask(kQuestion, kNever, [&](DnsStatus status) { heard = status; }));
  while (!heard) {
    pollfd watched{opinion.fd(), POLLIN, 0};
    ASSERT_EQ(::poll(&watched, 1, 60'000), 1);
    opinion.receive();
  }
  EXPECT_EQ(*heard, GetParam().expected);
  EXPECT_FALSE(opinion.next_deadline()) << "nothing is waited for any more";
}

INSTANTIATE_TEST_SUITE_P(
    Table, Opinion,
    testing::Values(Case{"refused", {.rcode = 5}, refused}, Case{"failed", {.rcode = 2}, servfail},
                    Case{"a forgery before it", {.rcode = 5, .wrong_id = true}, refused},
                    Case{"well again: the failure stands", {.data = {DnsReply::txt({"x"})}}, servfail},
                    Case{"not implemented", {.rcode = 4}, servfail}));

TEST(SecondOpinion, SilenceIsATimeoutWhenItsTimeIsOver) {
  const DnsServer server([](const DnsQuestion&) { return DnsReply{.silent = true}; });
  SecondOpinion opinion = of(server);
  std::optional<DnsStatus> heard;
  const auto handler = [&heard](DnsStatus status) { heard = status; };
  const auto before = SecondOpinion::Clock::now();
  ASSERT_TRUE(opinion.ask(kQuestion, kNever, handler));
  const auto deadline = opinion.next_deadline();
  ASSERT_TRUE(deadline);
  EXPECT_GE(*deadline, before + SecondOpinion::kPatience);
  opinion.expire(*deadline - std::chrono::milliseconds(1));
  EXPECT_FALSE(heard);
  opinion.expire(*deadline);
  EXPECT_EQ(heard, timeout);

  ASSERT_TRUE(opinion.ask(kQuestion, before, handler));
  EXPECT_EQ(opinion.next_deadline(), before) << "not longer than the asker has patience";
}

TEST(SecondOpinion, AsksForABoundedNumberAtOnce) {
  const DnsServer server([](const DnsQuestion&) { return DnsReply{.silent = true}; });
  SecondOpinion opinion = of(server);
  std::size_t heard = 0;
  const auto handler = [&heard](DnsStatus) { ++heard; };
  for (std::size_t i = 0; i < SecondOpinion::kMostAtOnce; ++i)
    ASSERT_TRUE(opinion.ask(kQuestion, kNever, handler));
  EXPECT_FALSE(opinion.ask(kQuestion, kNever, handler));
  opinion.expire(kNever);
  EXPECT_EQ(heard, SecondOpinion::kMostAtOnce);
  EXPECT_TRUE(opinion.ask(kQuestion, kNever, handler));
}

TEST(SecondOpinion, WithoutAServerThereIsNone) {
  SecondOpinion opinion(std::nullopt, 0);
  EXPECT_FALSE(opinion.ask(kQuestion, kNever, [](DnsStatus) { ADD_FAILURE(); }));
  EXPECT_EQ(opinion.fd(), -1);
}

TEST(Forwarder, TheFirstServerIsAskedAgain) {
  EXPECT_FALSE(first_forwarder({"recursive"}));
  const auto first = first_forwarder({"[2001:db8::1]:5300", "192.0.2.1"});
  ASSERT_TRUE(first);
  EXPECT_EQ(first->ip.text(), "2001:db8::1");
  EXPECT_EQ(first->port, 5300);
}

}  // namespace
}  // namespace gateway::dns
