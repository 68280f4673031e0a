#include "gateway/delivery/smtp_mailstore.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netdb.h>

#include "tests/support/mailstore_server.h"
#include "tests/support/smtp_bench.h"
#include "tests/support/temporary_directory.h"

namespace gateway::delivery {
namespace {

using support::fates;
using support::kHangUp;
using support::kLong;
using support::kShort;
using support::kStall;
using support::MailstoreServer;
using support::ServerManner;
using support::SmtpBench;
using testing::ElementsAre;

const std::string kU = "RCPT TO:<u@example.com>";

// A server that nobody listens at.
std::string dead_address() {
  const MailstoreServer gone{ServerManner{}};
  return gone.address();
}

TEST(SmtpMailstore, TheMessageArrivesAsItIs) {
  const MailstoreServer server{ServerManner{}};
  SmtpBench bench;
  bench.open({server.address()});
  Parcel parcel = support::parcel({"u@example.com", "v@example.com"}, ".\r\n..\r\n.x\r\nend\r\n");
  parcel.eight_bit = true;
  const DeliveryReport report = bench.deliver(parcel);
  EXPECT_EQ(report.server, server.address());
  EXPECT_EQ(report.queue_id, "queued as Q1");
  ASSERT_EQ(server.stored().size(), 1u);
  EXPECT_EQ(server.stored()[0].text, "Received: by mx\r\nSubject: one\r\n\r\n.\r\n..\r\n.x\r\nend\r\n");
  EXPECT_EQ(server.stored()[0].sender, "MAIL FROM:<s@a.example> SIZE=49 BODY=8BITMIME");
  EXPECT_THAT(server.stored()[0].recipients, ElementsAre("<u@example.com>", "<v@example.com>"));
}

TEST(SmtpMailstore, ParametersAreGivenOnlyWhereOffered) {
  ServerManner manner;
  manner.features = {};
  const MailstoreServer server(manner);
  SmtpBench bench;
  bench.open({server.address()});
  Parcel parcel = support::parcel();
  parcel.eight_bit = true;
  EXPECT_EQ(fates(bench.deliver(parcel)), "taken 250");
  EXPECT_EQ(server.stored().at(0).sender, "MAIL FROM:<s@a.example>");
}

TEST(SmtpMailstore, InternationalMailNeedsSmtputf8) {
  ServerManner manner;
  manner.features = {"PIPELINING", "8BITMIME"};
  const MailstoreServer plain(manner);
  const MailstoreServer able{ServerManner{}};
  Parcel parcel = support::parcel();
  parcel.smtputf8 = true;
  SmtpBench bench;
  bench.open({plain.address()});
  const DeliveryReport report = bench.deliver(parcel);
  EXPECT_EQ(fates(report), "failed for good");
  EXPECT_EQ(report.recipients.at(0).enhanced, "5.6.7");
  bench.open({able.address()});
  EXPECT_EQ(fates(bench.deliver(parcel)), "taken 250");
  EXPECT_EQ(able.stored().at(0).sender, "MAIL FROM:<s@a.example> SIZE=46 SMTPUTF8");
}

TEST(SmtpMailstore, WhatIsLargerThanItTakesIsNotSent) {
  ServerManner manner;
  manner.features = {"SIZE 40"};
  const MailstoreServer server(manner);
  SmtpBench bench;
  bench.open({server.address()});
  EXPECT_EQ(fates(bench.deliver(support::parcel())), "failed for good");
  EXPECT_EQ(server.stored().size(), 0u);
}

TEST(SmtpMailstore, ALargeMessageComesThroughWhole) {
  const MailstoreServer server{ServerManner{}};
  SmtpBench bench;
  bench.open({server.address()});
  std::string body;
  for (int i = 0; i < 50'000; ++i) body += "." + std::to_string(i) + "\r\n";
  EXPECT_EQ(fates(bench.deliver(support::parcel({"u@example.com"}, body))), "taken 250");
  EXPECT_EQ(server.stored().at(0).text, "Received: by mx\r\nSubject: one\r\n\r\n" + body);
}

TEST(SmtpMailstore, OctetsThatCannotBeReadBackEndWithoutADot) {
  struct Broken final : Octets {
    std::uint64_t size() const override { return 100; }
    std::string_view read(std::uint64_t, std::span<char>) const override { throw std::runtime_error("gone"); }
  };
  const MailstoreServer server{ServerManner{}};
  SmtpBench bench;
  bench.open({server.address()});
  Parcel parcel = support::parcel();
  parcel.octets = std::make_shared<Broken>();
  EXPECT_EQ(fates(bench.deliver(parcel)), "failed for now");
  EXPECT_EQ(server.stored().size(), 0u);
}

TEST(SmtpMailstore, ConnectionsAreUsedAgain) {
  ServerManner manner;
  manner.answers[kU] = "550 5.1.1 no";
  const MailstoreServer server(manner);
  SmtpBench bench;
  bench.open({server.address()});
  bench.deliver(support::parcel({"u@example.com"}));
  bench.deliver(support::parcel({"v@example.com"}));
  bench.deliver(support::parcel({"v@example.com"}));
  EXPECT_EQ(server.connections(), 1u);
  EXPECT_EQ(server.stored().size(), 2u);
}

TEST(SmtpMailstore, APooledConnectionThatEndedIsTriedAfresh) {
  ServerManner leaving;
  leaving.answers["MAIL FROM:<gone@a.example> SIZE=46"] = kHangUp;
  const MailstoreServer server({leaving, ServerManner{}});
  SmtpBench bench;
  bench.open({server.address()});
  EXPECT_EQ(fates(bench.deliver(support::parcel())), "taken 250");
  Parcel parcel = support::parcel();
  parcel.sender = Address::parse("gone@a.example").value();
  EXPECT_EQ(fates(bench.deliver(parcel)), "taken 250");
  EXPECT_EQ(server.connections(), 2u);
}

TEST(SmtpMailstore, APooledConnectionLostAfterTheDotIsNotTriedAgain) {
  const MailstoreServer server({[] {
    ServerManner leaving;
    leaving.lmtp = true;
    leaving.answers["dot <v@example.com>"] = kHangUp;
    return leaving;
  }()});
  SmtpBench bench;
  bench.manner().lmtp = true;
  bench.open({server.address()});
  EXPECT_EQ(fates(bench.deliver(support::parcel({"u@example.com"}))), "taken 250");
  EXPECT_EQ(fates(bench.deliver(support::parcel({"v@example.com"}))), "perhaps delivered");
  EXPECT_EQ(server.stored().size(), 2u);
  EXPECT_EQ(server.connections(), 1u);
}

TEST(SmtpMailstore, TheNextServerIsAskedWhenOneIsUnreachableAndOnlyThen) {
  ServerManner refusing;
  refusing.answers["RCPT"] = "451 4.2.1 later";
  const MailstoreServer refuser(refusing);
  const MailstoreServer good{ServerManner{}};
  SmtpBench bench;
  bench.open({dead_address(), good.address()});
  const DeliveryReport report = bench.deliver(support::parcel());
  EXPECT_EQ(fates(report), "taken 250");
  EXPECT_EQ(report.server, good.address());
  bench.open({refuser.address(), good.address()});
  EXPECT_EQ(fates(bench.deliver(support::parcel())), "failed for now 451");
  bench.open({dead_address()});
  EXPECT_EQ(fates(bench.deliver(support::parcel())), "failed for now; unreachable");
}

TEST(SmtpMailstore, WhoWaitsTooLongForAConnectionIsTold) {
  ServerManner manner;
  manner.answers["dot"] = kStall;
  const MailstoreServer server(manner);
  SmtpBench bench(kShort, kLong);
  bench.open({server.address()}, 1);
  const Parcel parcel = support::parcel();
  std::optional<DeliveryReport> first;
  asio::co_spawn(bench.loop(), bench.mailstore().deliver(parcel),
                 [&](std::exception_ptr, DeliveryReport report) { first = std::move(report); });
  EXPECT_EQ(fates(bench.deliver(parcel)), "failed for now; unreachable");
  EXPECT_EQ(server.connections(), 1u);
}

TEST(SmtpMailstore, AConnectionGoesFromHandToHand) {
  const MailstoreServer server{ServerManner{}};
  SmtpBench bench;
  bench.open({server.address()}, 1);
  const Parcel parcel = support::parcel();
  int taken = 0;
  for (int i = 0; i < 5; ++i)
    asio::co_spawn(bench.loop(), bench.mailstore().deliver(parcel),
                   [&](std::exception_ptr, DeliveryReport report) { taken += report.any(Fate::taken); });
  EXPECT_EQ(fates(bench.deliver(parcel)), "taken 250");
  EXPECT_EQ(taken, 5);
  EXPECT_EQ(server.connections(), 1u);
}

TEST(SmtpMailstore, LoopsShareTheLimitButNoConnection) {
  const MailstoreServer server{ServerManner{}};
  SmtpBench bench;
  bench.open({server.address()}, 1);
  const Parcel parcel = support::parcel();
  EXPECT_EQ(fates(bench.deliver(parcel)), "taken 250");
  {
    asio::io_context other;
    EXPECT_EQ(fates(support::await(other, bench.mailstore().deliver(parcel))), "taken 250");
    EXPECT_EQ(server.connections(), 2u);
    // The first loop closes what it had, and takes the place of the other's.
    EXPECT_EQ(fates(bench.deliver(parcel)), "taken 250");
    EXPECT_EQ(server.connections(), 3u);
    other.restart();
    other.poll();
  }
  EXPECT_EQ(fates(bench.deliver(parcel)), "taken 250");
  EXPECT_EQ(server.connections(), 3u);
}

TEST(SmtpMailstore, AServerMayBeGivenByName) {
  addrinfo* found = nullptr;
  if (::getaddrinfo("localhost", nullptr, nullptr, &found) != 0)
    GTEST_SKIP() << "this machine does not know localhost";
  ::freeaddrinfo(found);
  const MailstoreServer server{ServerManner{}};
  SmtpBench bench;
  const std::string address = server.address();
  bench.open({"localhost" + address.substr(address.find(':'))});
  EXPECT_EQ(fates(bench.deliver(support::parcel())), "taken 250");
}

class SmtpMailstoreTls : public testing::Test {
 protected:
  void SetUp() override {
    const auto files = net::self_signed_certificate(directory_.path(), "localhost");
    ASSERT_TRUE(files) << files.error().text();
    able_.tls = *net::TlsServer::load(std::span(&*files, 1));
  }
  DeliveryReport deliver(const MailstoreServer& server, settings::MailstoreTls tls) {
    bench_.manner().tls = tls;
    bench_.manner().tls_client = *net::TlsClient::make(tls == settings::MailstoreTls::verify
                                                           ? net::TlsClient::Verify::certificate_and_name
                                                           : net::TlsClient::Verify::nothing);
    bench_.open({server.address()});
    return bench_.deliver(support::parcel());
  }
  support::TemporaryDirectory directory_;
  ServerManner able_;
  SmtpBench bench_;
};

TEST_F(SmtpMailstoreTls, MayUsesItWhereItIsOffered) {
  const MailstoreServer server({able_});
  EXPECT_EQ(fates(deliver(server, settings::MailstoreTls::may)), "taken 250");
  EXPECT_TRUE(server.stored().at(0).under_tls);
  const MailstoreServer plain{ServerManner{}};
  EXPECT_EQ(fates(deliver(plain, settings::MailstoreTls::may)), "taken 250");
}

TEST_F(SmtpMailstoreTls, MayGoesOnInClearWhenTheHandshakeFails) {
  ServerManner broken = able_;
  broken.answers["STARTTLS"] = "220 go\r\n220 injected";
  const MailstoreServer server({broken});
  EXPECT_EQ(fates(deliver(server, settings::MailstoreTls::may)), "taken 250");
  EXPECT_FALSE(server.stored().at(0).under_tls);
  EXPECT_EQ(server.connections(), 2u);
}

TEST_F(SmtpMailstoreTls, VerifyNeedsAGoodCertificate) {
  const MailstoreServer self_signed({able_});
  EXPECT_EQ(fates(deliver(self_signed, settings::MailstoreTls::verify)), "failed for now; refuses us");
  const MailstoreServer plain{ServerManner{}};
  EXPECT_EQ(fates(deliver(plain, settings::MailstoreTls::verify)), "failed for now; refuses us");
  EXPECT_EQ(self_signed.stored().size() + plain.stored().size(), 0u);
}

TEST_F(SmtpMailstoreTls, StarttlsRefused) {
  ServerManner later = able_;
  later.answers["STARTTLS"] = "454 4.7.0 not now";
  const MailstoreServer server({later});
  EXPECT_EQ(fates(deliver(server, settings::MailstoreTls::may)), "taken 250");
  EXPECT_EQ(fates(deliver(server, settings::MailstoreTls::verify)), "failed for now 454");
  ServerManner never = able_;
  never.answers["STARTTLS"] = "554 5.7.0 no";
  const MailstoreServer refuser({never});
  EXPECT_EQ(fates(deliver(refuser, settings::MailstoreTls::may)), "failed for now 554; refuses us");
}

}  // namespace
}  // namespace gateway::delivery
