#include "gateway/dns/unbound.h"

#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <map>
#include <set>

#include "tests/support/dns_server.h"
#include "tests/support/named.h"

namespace gateway::dns {
namespace {

using enum RecordType;
using namespace std::string_literals;
using support::DnsReply;
using support::DnsServer;

struct Client {
  explicit Client(const DnsServer& server, std::chrono::milliseconds patience = std::chrono::seconds(20),
                  bool dnssec = false) {
    auto made =
        UnboundResolver::make({.servers = {server.address()}, .dnssec = dnssec, .patience = patience});
    EXPECT_TRUE(made) << made.error().text();
    resolver = std::move(*made);
  }

  // Asks, and runs the loop until the answer is there.
  DnsAnswer ask(const DnsQuestion& question) {
    auto work = asio::make_work_guard(loop);
    DnsAnswer got;
    resolver->ask(question, loop.get_executor(), [&](DnsAnswer answer) {
      got = std::move(answer);
      work.reset();
    });
    loop.restart();
    loop.run();
    return got;
  }

  asio::io_context loop;  // must outlive the resolver, whose thread posts to it
  std::unique_ptr<UnboundResolver> resolver;
};

std::string brief(const DnsAnswer& answer) {
  std::string text(name(answer.status));
  for (const DnsRecord& record : answer.records)
    text += "|" + (record.preference ? std::to_string(record.preference) + " " : "") +
            (record.text.empty() ? record.address.text() : record.text);
  return text;
}

struct Case {
  std::string name;
  DnsQuestion question;
  DnsReply reply;
  std::string expected;
};
POSTERN_NAMED(Case)

class Unbound : public testing::TestWithParam<Case> {};

TEST_P(Unbound, AnswersAsTheServerSaid) {
  const DnsServer server([](const DnsQuestion&) { return GetParam().reply; });
  Client client(server);
  EXPECT_EQ(brief(client.ask(GetParam().question)), GetParam().expected);
}

std::vector<std::string> addresses(int count) {
  std::vector<std::string> all;
  for (int i = 1; i <= count; ++i) all.push_back("\xc0\x00\x02"s + static_cast<char>(i));
  return all;
}

INSTANTIATE_TEST_SUITE_P(
    Table, Unbound,
    testing::Values(
        Case{"text of several strings",
             {"a.example", txt},
             {.data = {DnsReply::txt({"v=spf1 ", "-all"})}},
             "ok|v=spf1 -all"},
        Case{"any octet in text", {"a.example", txt}, {.data = {DnsReply::txt({"\x01\xff"})}}, "ok|\x01\xff"},
        Case{"mail hosts",
             {"a.example", mx},
             {.data = {DnsReply::mx(10, "MX.A.example")}},
             "ok|10 mx.a.example"},
        Case{"ipv4", {"a.example", a}, {.data = addresses(1)}, "ok|192.0.2.1"},
        Case{"ipv6",
             {"a.example", aaaa},
             {.data = {"\x20\x01\x0d\xb8"s + std::string(11, '\0') + "\x01"}},
             "ok|2001:db8::1"},
        Case{"reverse of a public address",
             {"1.2.3.4.in-addr.arpa", ptr},
             {.data = {DnsReply::name("Host.Example")}},
             "ok|host.example"},
        Case{"reverse of a private address is asked for",
             {"1.0.168.192.in-addr.arpa", ptr},
             {.data = {DnsReply::name("in.example")}},
             "ok|in.example"},
        Case{"reverse of loopback is asked for",
             {"1.0.0.127.in-addr.arpa", ptr},
             {.data = {DnsReply::name("in.example")}},
             "ok|in.example"},
        Case{"test. is asked for", {"a.test", a}, {.data = addresses(1)}, "ok|192.0.2.1"},
        Case{"invalid. is asked for", {"a.invalid", a}, {.data = addresses(1)}, "ok|192.0.2.1"},
        Case{"localhost. is asked for", {"localhost", a}, {.data = addresses(1)}, "ok|192.0.2.1"},
        Case{"a name of any octets", {"a b\\\"\xff.example", a}, {.data = addresses(1)}, "ok|192.0.2.1"},
        Case{"no such name", {"a.example", a}, {.rcode = 3}, "nxdomain"},
        Case{"no such type", {"a.example", a}, {}, "nodata"},
        Case{"server failure", {"a.example", a}, {.rcode = 2}, "servfail"},
        Case{"refused", {"a.example", a}, {.rcode = 5}, "refused"},
        Case{"not implemented", {"a.example", a}, {.rcode = 4}, "servfail"},
        Case{"truncated, then by tcp",
             {"a.example", a},
             {.data = addresses(200), .truncated = true},
             "ok|" + [] {
               std::string all;
               for (int i = 1; i <= 100; ++i) all += (i > 1 ? "|192.0.2." : "192.0.2.") + std::to_string(i);
               return all;
             }()}));

TEST(UnboundResolver, CarriesLargeTextOverTcp) {
  const DnsReply reply{.data = {DnsReply::txt(std::vector<std::string>(200, std::string(250, 'x')))},
                       .truncated = true};
  const DnsServer server([&](const DnsQuestion&) { return reply; });
  Client client(server);
  const DnsAnswer answer = client.ask({"a.example", txt});
  ASSERT_EQ(answer.records.size(), 1u);
  EXPECT_EQ(answer.records[0].text, std::string(50'000, 'x'));
  EXPECT_EQ(server.tcp_queries(), 1u);
}

std::vector<std::string> strings(int count, std::size_t size) {
  return std::vector<std::string>(static_cast<std::size_t>(count), std::string(size, 'x'));
}

struct Large {
  std::string name;
  std::vector<std::string> strings;
  bool truncated;
};
POSTERN_NAMED(Large)

class UnboundLarge : public testing::TestWithParam<Large> {};

// SPF records and keys are long, and some are made of very many strings.
TEST_P(UnboundLarge, TextArrivesWhole) {
  const auto& [name, strings, truncated] = GetParam();
  const DnsServer server([&](const DnsQuestion&) {
    return DnsReply{.data = {DnsReply::txt(strings)}, .truncated = GetParam().truncated};
  });
  Client client(server);
  std::string whole;
  for (const std::string& one : strings) whole += one;
  EXPECT_EQ(brief(client.ask({"a.example", txt})), "ok|" + whole);
  EXPECT_EQ(server.tcp_queries(), truncated ? 1u : 0u);
}

INSTANTIATE_TEST_SUITE_P(Table, UnboundLarge,
                         testing::Values(Large{"49 strings in a datagram", strings(49, 20), false},
                                         Large{"49 strings by tcp", strings(49, 255), true},
                                         Large{"4 kB by tcp", strings(16, 255), true},
                                         Large{"400 strings of an octet", strings(400, 1), false}));

TEST(UnboundResolver, FollowsAliasesWithinTheAnswerAndBeyond) {
  const DnsServer server([](const DnsQuestion& asked) {
    if (asked.name == "whole.example")
      return DnsReply{.data = {DnsReply::txt({"there"})}, .aliases = {"b.example", "c.example"}};
    if (asked.name == "b.example")
      return DnsReply{.data = {DnsReply::txt({"there"})}, .aliases = {"c.example"}};
    if (asked.name == "c.example") return DnsReply{.data = {DnsReply::txt({"there"})}};
    if (asked.name == "end.example") return DnsReply{.data = {DnsReply::txt({"end"})}};
    if (asked.name == "none.example") return DnsReply{.rcode = 3, .aliases = {"gone.example"}};
    if (asked.name == "1.example") return DnsReply{.aliases = {"end.example"}};
    const char digit = asked.name.front();  // 8.example → 7.example → … → 1.example → end.example
    if (digit < '2' || digit > '8') return DnsReply{.rcode = 3};
    return DnsReply{.aliases = {static_cast<char>(digit - 1) + std::string(".example")}};
  });
  Client client(server);
  EXPECT_EQ(brief(client.ask({"whole.example", txt})), "ok|there");
  EXPECT_EQ(brief(client.ask({"8.example", txt})), "ok|end");
  EXPECT_EQ(brief(client.ask({"none.example", txt})), "nxdomain");
}

// A zone may lead a resolver in circles; it must not lead it for long.
TEST(UnboundResolver, AliasesWithoutEndAreAFailure) {
  const DnsServer server([](const DnsQuestion& asked) {
    if (asked.name == "left.example") return DnsReply{.aliases = {"right.example"}};
    if (asked.name == "right.example") return DnsReply{.aliases = {"left.example"}};
    return DnsReply{.aliases = {"x" + asked.name}};
  });
  Client client(server);
  EXPECT_EQ(brief(client.ask({"left.example", txt})), "servfail");
  EXPECT_EQ(brief(client.ask({"long.example", txt})), "servfail");
  EXPECT_LT(server.udp_queries(), 60u);
}

// RFC 2308 §5: the lesser of the record's own TTL and its minimum.
TEST(UnboundResolver, NothingIsRememberedAsLongAsTheZoneSays) {
  const DnsServer server([](const DnsQuestion& asked) {
    const bool minimum = asked.name.starts_with("minimum");
    return DnsReply{.rcode = asked.type == txt ? 3 : 0,
                    .soa = minimum ? std::pair(900u, 77u) : std::pair(66u, 900u)};
  });
  Client client(server);
  EXPECT_EQ(client.ask({"minimum.example", txt}).ttl, 77u);
  EXPECT_EQ(client.ask({"own.example", txt}).ttl, 66u);
  EXPECT_EQ(client.ask({"minimum.nodata.example", a}).ttl, 77u);
  EXPECT_EQ(brief(client.ask({"minimum.nodata.example", a})), "nodata");
}

TEST(UnboundResolver, AFailureHasNoTtl) {
  const DnsServer server([](const DnsQuestion&) { return DnsReply{.rcode = 2}; });
  Client client(server);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.ask({"a.example", a}).ttl, 0u) << "also out of its memory";
}

TEST(UnboundResolver, AForgeryWithAnotherIdIsNoAnswer) {
  const DnsServer server([](const DnsQuestion&) { return DnsReply{.data = addresses(1), .wrong_id = true}; });
  Client client(server);
  EXPECT_EQ(brief(client.ask({"a.example", a})), "ok|192.0.2.1");
}

// Each answer finds its question, whatever the order.
TEST(UnboundResolver, LateAnswersOvertakeEachOther) {
  constexpr int kMany = 10;
  const DnsServer server([](const DnsQuestion& asked) {
    const int number = std::stoi(asked.name);
    return DnsReply{.data = {DnsReply::txt({asked.name})},
                    .late = std::chrono::milliseconds(10 * (kMany - number))};
  });
  Client client(server);
  auto work = asio::make_work_guard(client.loop);
  std::set<std::string> answers;
  for (int i = 0; i < kMany; ++i) {
    const std::string name = std::to_string(i) + ".example";
    client.resolver->ask({name, txt}, client.loop.get_executor(),
                         [&answers, &work, name](const DnsAnswer& answer) {
                           EXPECT_EQ(brief(answer), "ok|" + name);
                           answers.insert(name);
                           if (answers.size() == kMany) work.reset();
                         });
  }
  client.loop.run();
  EXPECT_EQ(answers.size(), static_cast<std::size_t>(kMany));
}

TEST(UnboundResolver, CarriesTheTtlAndRemembers) {
  const DnsServer server([](const DnsQuestion&) { return DnsReply{.data = addresses(1), .ttl = 77}; });
  Client client(server);
  EXPECT_EQ(client.ask({"a.example", a}).ttl, 77u);
  EXPECT_FALSE(client.ask({"A.example.", a}).secure);
  EXPECT_EQ(server.udp_queries(), 1u);
}

TEST(UnboundResolver, ASilentServerIsATimeoutAfterOurPatience) {
  const DnsServer server([](const DnsQuestion& asked) {
    return DnsReply{.data = addresses(1), .silent = asked.name == "slow.example"};
  });
  Client client(server, std::chrono::milliseconds(50));
  EXPECT_EQ(brief(client.ask({"slow.example", a})), "timeout");
  EXPECT_EQ(brief(client.ask({"slow.example", a})), "timeout") << "cancelled questions leave nothing behind";
}

TEST(UnboundResolver, GarbageIsNoAnswer) {
  const DnsServer server([](const DnsQuestion&) { return DnsReply{.raw = std::string(40, '\xff')}; });
  Client client(server, std::chrono::milliseconds(300));
  EXPECT_TRUE(client.ask({"a.example", a}).failed());
}

TEST(UnboundResolver, BrokenRecordDataIsNoRecord) {
  const DnsServer server([](const DnsQuestion&) { return DnsReply{.data = {"\x05"s + "ab"}}; });
  Client client(server, std::chrono::milliseconds(300));
  const DnsAnswer answer = client.ask({"a.example", txt});
  EXPECT_TRUE(answer.failed()) << brief(answer);
}

TEST(UnboundResolver, AnUnsignedRootIsBogusWhereValidationIsAskedFor) {
  const DnsServer server([](const DnsQuestion&) { return DnsReply{.data = addresses(1)}; });
  Client client(server, std::chrono::seconds(20), true);
  EXPECT_EQ(brief(client.ask({"a.example", a})), "bogus");
}

TEST(UnboundResolver, ManyQuestionsAtOnceAreEachAnsweredOnce) {
  const DnsServer server(
      [](const DnsQuestion& asked) { return DnsReply{.data = {DnsReply::txt({asked.name})}}; });
  Client client(server);
  auto work = asio::make_work_guard(client.loop);
  constexpr int kMany = 300;
  std::map<std::string, int> answers;
  for (int i = 0; i < kMany; ++i) {
    const std::string name = std::to_string(i) + ".example";
    client.resolver->ask({name, txt}, client.loop.get_executor(), [&answers, &work, name](DnsAnswer answer) {
      EXPECT_EQ(brief(answer), "ok|" + name);
      if (++answers[name]; answers.size() == kMany) work.reset();
    });
  }
  client.loop.run();
  for (const auto& [name, count] : answers) EXPECT_EQ(count, 1) << name;
}

TEST(UnboundResolver, EndsWithQuestionsUnderWay) {
  const DnsServer server([](const DnsQuestion&) { return DnsReply{.silent = true}; });
  Client client(server);
  for (int i = 0; i < 20; ++i)
    client.resolver->ask({std::to_string(i) + ".example", a}, client.loop.get_executor(),
                         [](DnsAnswer) { ADD_FAILURE(); });
  client.resolver.reset();
  client.loop.run();
}

TEST(UnboundResolver, ANameNoZoneCanHoldIsNotAskedFor) {
  const DnsServer server([](const DnsQuestion&) { return DnsReply{.data = addresses(1)}; });
  Client client(server);
  EXPECT_EQ(brief(client.ask({"a..example", a})), "nxdomain");
  EXPECT_EQ(brief(client.ask({std::string(64, 'x') + ".example", a})), "nxdomain");
  EXPECT_EQ(server.udp_queries(), 0u);
}

struct Server {
  std::string name;
  std::string server;
  bool good;
};
POSTERN_NAMED(Server)

class UnboundServers : public testing::TestWithParam<Server> {};

TEST_P(UnboundServers, AreRead) {
  const auto made = UnboundResolver::make({.servers = {GetParam().server}});
  EXPECT_EQ(made.has_value(), GetParam().good);
  if (!made)
    EXPECT_EQ(made.error().text(),
              "dns server '" + GetParam().server + "' is not IP:port, such as 192.0.2.1:53");
}

INSTANTIATE_TEST_SUITE_P(
    Table, UnboundServers,
    testing::Values(Server{"address and port", "192.0.2.1:53", true},
                    Server{"address alone", "192.0.2.1", true}, Server{"ipv6", "[2001:db8::1]:53", true},
                    Server{"ipv6 alone", "2001:db8::1", true}, Server{"the roots", "recursive", true},
                    Server{"port zero", "192.0.2.1:0", false},
                    Server{"port too large", "192.0.2.1:65536", false},
                    Server{"no port", "192.0.2.1:", false}, Server{"a name", "dns.example:53", false},
                    Server{"empty", "", false}));

}  // namespace
}  // namespace gateway::dns
