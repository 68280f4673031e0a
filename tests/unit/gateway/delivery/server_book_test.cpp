#include "gateway/delivery/server_book.h"

#include <gtest/gtest.h>

#include "gateway/delivery/offer_probe.h"
#include "tests/support/mailstore_server.h"
#include "tests/support/named.h"
#include "tests/support/smtp_bench.h"

namespace gateway::delivery {
namespace {

using support::MailstoreServer;
using support::ServerManner;
using support::SmtpBench;

ServerManner offering(std::string feature) {
  ServerManner manner;
  manner.features = {"PIPELINING", std::move(feature)};
  return manner;
}

TEST(Offers, AreLearnedFromTheConnectionThatBringsAMessage) {
  const MailstoreServer server(offering("SIZE 40000"));
  SmtpBench bench;
  bench.open({server.address()});
  EXPECT_EQ(bench.mailstore().offers(), smtp::Offers());
  bench.deliver(support::parcel());
  EXPECT_EQ(bench.mailstore().offers().most_octets, 40000u);
}

TEST(Offers, AreThoseOfTheLastConnection) {
  ServerManner leaving = offering("SIZE 40000");
  leaving.answers["dot"] = "421 4.3.0 restarting";
  const MailstoreServer server({leaving, offering("SIZE 70000")});
  SmtpBench bench;
  bench.open({server.address()});
  bench.deliver(support::parcel());
  bench.deliver(support::parcel());
  EXPECT_EQ(server.connections(), 2u);
  EXPECT_EQ(bench.mailstore().offers().most_octets, 70000u);
}

TEST(Offers, TheSmallestServerLimitsTheMailstore) {
  const MailstoreServer large(offering("SIZE 70000"));
  const MailstoreServer small(offering("SIZE 40000"));
  const MailstoreServer boundless(offering("SIZE"));
  SmtpBench bench;
  bench.open({boundless.address(), large.address(), small.address()});
  for (const std::shared_ptr<KnownServer>& server : bench.book().in_use()) {
    const KnownServer::Opened opened = support::await(bench.loop(), server->open());
    EXPECT_EQ(opened.opening, Opening::ready);
  }
  EXPECT_EQ(bench.mailstore().offers().most_octets, 40000u);
}

struct Servers {
  std::string name;
  std::vector<std::vector<std::string>> features;  // of each; none: it is down
  bool dsn;
  bool binary;
};
POSTERN_NAMED(Servers)

class OffersOfServers : public testing::TestWithParam<Servers> {};

TEST_P(OffersOfServers, AreWhatAllOfThemOffer) {
  std::vector<std::unique_ptr<MailstoreServer>> servers;
  std::vector<std::string> addresses;
  for (const std::vector<std::string>& features : GetParam().features) {
    ServerManner manner;
    manner.features = features;
    servers.push_back(std::make_unique<MailstoreServer>(manner));
    addresses.push_back(servers.back()->address());
    if (features.empty()) servers.pop_back();
  }
  SmtpBench bench;
  bench.open(addresses);
  for (const std::shared_ptr<KnownServer>& server : bench.book().in_use()) {
    const KnownServer::Opened opened = support::await(bench.loop(), server->open());
    EXPECT_EQ(opened.opening == Opening::ready, server->news().answers);
  }
  EXPECT_EQ(bench.mailstore().offers().dsn, GetParam().dsn);
  EXPECT_EQ(bench.mailstore().offers().binary, GetParam().binary);
}

INSTANTIATE_TEST_SUITE_P(
    Table, OffersOfServers,
    testing::Values(Servers{"one that offers", {{"DSN", "CHUNKING", "BINARYMIME"}}, true, true},
                    Servers{"one that does not", {{"8BITMIME"}}, false, false},
                    Servers{"in any case of letters", {{"dsn", "Chunking", "BinaryMime"}}, true, true},
                    Servers{"binary without chunks", {{"BINARYMIME"}}, false, false},
                    Servers{"only one of two",
                            {{"DSN", "CHUNKING", "BINARYMIME"}, {"CHUNKING", "BINARYMIME"}},
                            false,
                            true},
                    Servers{"only the other of two", {{"8BITMIME"}, {"DSN"}}, false, false},
                    Servers{"the second is down", {{"DSN"}, {}}, true, false},
                    Servers{"the first is down", {{}, {"DSN"}}, true, false},
                    Servers{"all are down", {{}, {}}, false, false}));

TEST(Offers, EndWhileTheServerIsDown) {
  auto server = std::make_unique<MailstoreServer>(offering("DSN"));
  SmtpBench bench;
  bench.open({server->address()});
  bench.deliver(support::parcel());
  EXPECT_TRUE(bench.mailstore().offers().dsn);
  server.reset();
  bench.deliver(support::parcel());
  EXPECT_FALSE(bench.mailstore().offers().dsn);
}

TEST(Offers, TheSizeIsRememberedWhileTheServerIsDown) {
  auto server = std::make_unique<MailstoreServer>(offering("SIZE 40000"));
  SmtpBench bench;
  bench.open({server->address()});
  bench.deliver(support::parcel());
  server.reset();
  bench.deliver(support::parcel());
  EXPECT_FALSE(bench.book().in_use().at(0)->news().answers);
  EXPECT_EQ(bench.mailstore().offers().most_octets, 40000u);
}

TEST(Offers, AreKnownToTheMailstoresOfTheNextConfiguration) {
  const MailstoreServer server(offering("SIZE 40000"));
  SmtpBench bench;
  bench.open({server.address()});
  bench.deliver(support::parcel());
  bench.open({server.address()});
  EXPECT_EQ(bench.mailstore().offers().most_octets, 40000u);
  EXPECT_EQ(bench.book().in_use().size(), 1u);
}

TEST(Offers, WhatNobodyUsesIsForgotten) {
  const MailstoreServer one(offering("SIZE 40000"));
  const MailstoreServer other(offering("SIZE 70000"));
  SmtpBench bench;
  bench.open({one.address()});
  bench.deliver(support::parcel());
  bench.open({other.address()});
  ASSERT_EQ(bench.book().in_use().size(), 1u);
  EXPECT_EQ(bench.book().in_use()[0]->text(), other.address());
  bench.open({one.address()});
  EXPECT_EQ(bench.mailstore().offers(), smtp::Offers());
}

TEST(Offers, AnotherMannerOfSpeakingIsAnotherServer) {
  ServerBook book;
  const ServerAddress address = *ServerAddress::parse("192.0.2.25:25");
  SmtpManner manner;
  const auto smtp = book.find(address, std::make_shared<const SmtpManner>(manner));
  EXPECT_EQ(book.find(address, std::make_shared<const SmtpManner>(manner)), smtp);
  manner.tls = settings::MailstoreTls::verify;
  EXPECT_NE(book.find(address, std::make_shared<const SmtpManner>(manner)), smtp);
  manner = {};
  manner.lmtp = true;
  EXPECT_NE(book.find(address, std::make_shared<const SmtpManner>(manner)), smtp);
}

// Runs the loop until every server of the book has news.
void run_until_asked(SmtpBench& bench) {
  const auto all_asked = [&] {
    for (const std::shared_ptr<KnownServer>& server : bench.book().in_use())
      if (server->news().at == KnownServer::Clock::time_point::min()) return false;
    return true;
  };
  bench.loop().restart();
  while (!all_asked() && bench.loop().run_one() > 0) {
  }
}

TEST(OfferProbe, AsksEachServerAndLeaves) {
  const MailstoreServer one(offering("SIZE 40000"));
  const MailstoreServer other(offering("SIZE 70000"));
  SmtpBench bench;
  bench.open({one.address(), other.address()});
  OfferProbe probe(bench.loop(), bench.book());
  probe.run();
  run_until_asked(bench);
  EXPECT_EQ(bench.mailstore().offers().most_octets, 40000u);
  EXPECT_EQ(one.connections(), 1u);
  EXPECT_EQ(other.connections(), 1u);
}

TEST(OfferProbe, AServerThatIsDownIsNotedAsSuch) {
  auto gone = std::make_unique<MailstoreServer>(ServerManner{});
  SmtpBench bench;
  bench.open({gone->address()});
  gone.reset();
  OfferProbe probe(bench.loop(), bench.book());
  probe.run();
  run_until_asked(bench);
  EXPECT_FALSE(bench.book().in_use().at(0)->news().answers);
  EXPECT_EQ(bench.mailstore().offers(), smtp::Offers());
}

struct Due {
  std::string name;
  bool asked;
  bool answers;
  std::chrono::seconds ago;
  bool due;
};
POSTERN_NAMED(Due)

class WhenToAsk : public testing::TestWithParam<Due> {};

TEST_P(WhenToAsk, FollowsTheLastNews) {
  const KnownServer::Clock::time_point now = KnownServer::Clock::now();
  KnownServer::News news;
  news.answers = GetParam().answers;
  if (GetParam().asked) news.at = now - GetParam().ago;
  EXPECT_EQ(is_due(news, now), GetParam().due);
}

INSTANTIATE_TEST_SUITE_P(
    Table, WhenToAsk,
    testing::Values(Due{"a server nobody spoke to yet", false, false, {}, true},
                    Due{"a message led there lately", true, true, std::chrono::seconds(599), false},
                    Due{"ten minutes ago", true, true, std::chrono::seconds(600), true},
                    Due{"it was down just now", true, false, std::chrono::seconds(59), false},
                    Due{"it was down a minute ago", true, false, std::chrono::seconds(60), true}));

}  // namespace
}  // namespace gateway::delivery
