#include "gateway/delivery/smtp_mailstore.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netdb.h>

#include <cstdlib>
#include <filesystem>
#include <thread>

#include "tests/support/far_octets.h"
#include "tests/support/mailstore_server.h"
#include "tests/support/named.h"
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

struct International {
  std::string name;
  std::string sender;
  std::string recipient;
  std::string subject;
  std::string without;  // what comes of it where SMTPUTF8 is not offered
};
POSTERN_NAMED(International)

class InternationalMail : public testing::TestWithParam<International> {};

TEST_P(InternationalMail, GoesOnlyWhereItIsUnderstood) {
  ServerManner manner;
  manner.features = {"PIPELINING", "8BITMIME"};
  const MailstoreServer plain(manner);
  const MailstoreServer able{ServerManner{}};
  Parcel parcel = support::parcel({GetParam().recipient});
  parcel.sender = Address::parse(GetParam().sender).value();
  parcel.header = "Subject: " + GetParam().subject + "\r\n";
  parcel.smtputf8 = true;
  SmtpBench bench;
  bench.open({plain.address()});
  const DeliveryReport report = bench.deliver(parcel);
  EXPECT_EQ(fates(report), GetParam().without);
  if (report.any(Fate::failed_for_good)) {
    EXPECT_EQ(report.recipients.at(0).enhanced, "5.6.7");
    EXPECT_EQ(plain.stored().size(), 0u);
  } else {
    EXPECT_EQ(plain.stored().at(0).sender, "MAIL FROM:<s@a.example>");
  }
  bench.open({able.address()});
  EXPECT_EQ(fates(bench.deliver(parcel)), "taken 250");
  EXPECT_TRUE(able.stored().at(0).sender.ends_with(" SMTPUTF8")) << able.stored().at(0).sender;
  bench.open({plain.address(), able.address()});
  EXPECT_EQ(fates(bench.deliver(parcel)), "taken 250") << "another server of the mailstore is asked";
}

INSTANTIATE_TEST_SUITE_P(
    Table, InternationalMail,
    testing::Values(
        International{"the sender", "j\u00f6rg@a.example", "u@example.com", "one", "failed for good"},
        International{"a recipient", "s@a.example", "j\u00f6rg@example.com", "one", "failed for good"},
        International{"the header", "s@a.example", "u@example.com", "sch\u00f6n", "failed for good"},
        International{"nothing but the word", "s@a.example", "u@example.com", "one", "taken 250"}));

TEST(SmtpMailstore, AnEightBitBodyIsSentAsItIs) {
  ServerManner manner;
  manner.features = {"PIPELINING"};
  const MailstoreServer server(manner);
  SmtpBench bench;
  bench.open({server.address()});
  Parcel parcel = support::parcel({"u@example.com"}, "sch\xc3\xb6n \xff\r\n");
  parcel.eight_bit = true;
  EXPECT_EQ(fates(bench.deliver(parcel)), "taken 250");
  EXPECT_EQ(server.stored().at(0).sender, "MAIL FROM:<s@a.example>");
  EXPECT_TRUE(server.stored().at(0).text.ends_with("sch\xc3\xb6n \xff\r\n"));
}

Parcel wishful() {
  Parcel parcel = support::parcel({"u@example.com", "v@example.com"});
  parcel.ret = "HDRS";
  parcel.envid = "QQ314159";
  parcel.recipients[0].notify = "SUCCESS,DELAY";
  parcel.recipients[0].original = "rfc822;w@example.com";
  parcel.recipients[1].notify = "NEVER";
  return parcel;
}

TEST(SmtpMailstore, WishesForNotificationsAreHandedOn) {
  ServerManner manner;
  manner.features = {"PIPELINING", "DSN"};
  const MailstoreServer server(manner);
  SmtpBench bench;
  bench.open({server.address()});
  EXPECT_EQ(fates(bench.deliver(wishful())), "taken 250, taken 250");
  EXPECT_EQ(server.stored().at(0).sender, "MAIL FROM:<s@a.example> RET=HDRS ENVID=QQ314159");
  EXPECT_THAT(server.stored().at(0).recipients,
              ElementsAre("<u@example.com> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;w@example.com",
                          "<v@example.com> NOTIFY=NEVER"));
}

TEST(SmtpMailstore, WishesThatNobodyUnderstandsAreDropped) {
  ServerManner manner;
  manner.features = {"PIPELINING"};
  const MailstoreServer server(manner);
  SmtpBench bench;
  bench.open({server.address()});
  EXPECT_EQ(fates(bench.deliver(wishful())), "taken 250, taken 250");
  EXPECT_EQ(server.stored().at(0).sender, "MAIL FROM:<s@a.example>");
  EXPECT_THAT(server.stored().at(0).recipients, ElementsAre("<u@example.com>", "<v@example.com>"));
}

using namespace std::string_literals;
const std::string kBinaryBody = "\0lone \n lone \r \r\n.\r\nMAIL FROM:<evil@a.example>\r\n\n.\n"s;

Parcel binary(std::vector<std::string> recipients = {"u@example.com"}) {
  Parcel parcel = support::parcel(std::move(recipients), kBinaryBody);
  parcel.binary = true;
  return parcel;
}

ServerManner binary_server() {
  ServerManner manner;
  manner.features = {"PIPELINING", "8BITMIME", "CHUNKING", "BINARYMIME"};
  return manner;
}

TEST(SmtpMailstore, ABinaryMessageGoesInAChunk) {
  const MailstoreServer server(binary_server());
  SmtpBench bench;
  bench.open({server.address()});
  EXPECT_EQ(fates(bench.deliver(binary({"u@example.com", "v@example.com"}))), "taken 250, taken 250");
  EXPECT_EQ(fates(bench.deliver(binary())), "taken 250");
  EXPECT_EQ(server.connections(), 1u);
  ASSERT_EQ(server.stored().size(), 2u);
  for (const MailstoreServer::Stored& stored : server.stored()) {
    EXPECT_EQ(stored.sender, "MAIL FROM:<s@a.example> BODY=BINARYMIME");
    EXPECT_TRUE(stored.in_chunks);
    EXPECT_EQ(stored.text, "Received: by mx\r\nSubject: one\r\n\r\n" + kBinaryBody);
  }
}

const std::string kSubject = "Subject: one\r\n\r\n";

std::string lines(const std::string& line, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += line + std::to_string(i);
  return text;
}

TEST(SmtpMailstore, ALargeBinaryMessageIsCountedRightly) {
  const MailstoreServer server(binary_server());
  SmtpBench bench;
  bench.open({server.address()});
  Parcel parcel = binary();
  const std::string body = lines("\n.\r", 100'000);
  parcel.octets = std::make_shared<MemoryOctets>(kSubject + body);
  EXPECT_EQ(fates(bench.deliver(parcel)), "taken 250");
  parcel.octets = std::make_shared<support::FarOctets>(kSubject + body);
  EXPECT_EQ(fates(bench.deliver(parcel)), "taken 250");
  ASSERT_EQ(server.stored().size(), 2u);
  for (const MailstoreServer::Stored& stored : server.stored())
    EXPECT_EQ(stored.text, "Received: by mx\r\n" + kSubject + body);
}

// As it lies in memory and in a file, and cut anywhere.
TEST(SmtpMailstore, ALargeMessageArrivesAsItIs) {
  const MailstoreServer server{ServerManner{}};
  SmtpBench bench;
  bench.open({server.address()});
  const std::string body = lines("\r\n.", 100'000) + "\r\n";
  Parcel parcel = support::parcel({"u@example.com"}, body);
  parcel.octets = std::make_shared<MemoryOctets>(kSubject + body);
  EXPECT_EQ(fates(bench.deliver(parcel)), "taken 250");
  for (const std::size_t most : {support::FarOctets::kNever, std::size_t{9'999}}) {
    parcel.octets = std::make_shared<support::FarOctets>(kSubject + body, most);
    EXPECT_EQ(fates(bench.deliver(parcel)), "taken 250");
  }
  ASSERT_EQ(server.stored().size(), 3u);
  for (const MailstoreServer::Stored& stored : server.stored())
    EXPECT_EQ(stored.text, "Received: by mx\r\n" + kSubject + body);
}

TEST(SmtpMailstore, AMessageThatCannotBeReadBackIsNotTakenToBeDelivered) {
  const MailstoreServer server{ServerManner{}};
  for (const int count : {1'000, 100'000}) {  // read by the loop, and by a worker
    SmtpBench bench;
    bench.open({server.address()});
    const std::string text = kSubject + lines("\r\n", count);
    Parcel parcel = support::parcel({"u@example.com"}, {});
    parcel.octets = std::make_shared<support::FarOctets>(text, 1'000, text.size() / 2);
    const DeliveryReport report = bench.deliver(parcel);
    EXPECT_EQ(fates(report), "failed for now");
    EXPECT_EQ(report.detail, "the message cannot be read back");
  }
  EXPECT_TRUE(server.stored().empty());
}

TEST(SmtpMailstore, ABinaryMessageOverLmtpHasAnAnswerForEach) {
  ServerManner manner = binary_server();
  manner.lmtp = true;
  manner.answers["dot <v@example.com>"] = "452 4.2.2 full";
  const MailstoreServer server(manner);
  SmtpBench bench;
  bench.manner().lmtp = true;
  bench.open({server.address()});
  EXPECT_EQ(fates(bench.deliver(binary({"u@example.com", "v@example.com"}))),
            "taken 250, failed for now 452");
}

struct Lacking {
  std::string name;
  std::vector<std::string> features;
};
POSTERN_NAMED(Lacking)

class BinaryIsRefused : public testing::TestWithParam<Lacking> {};

TEST_P(BinaryIsRefused, NeverSentBehindData) {
  ServerManner manner;
  manner.features = GetParam().features;
  const MailstoreServer server(manner);
  SmtpBench bench;
  bench.open({server.address()});
  const DeliveryReport report = bench.deliver(binary());
  EXPECT_EQ(fates(report), "failed for now");
  EXPECT_EQ(report.recipients.at(0).enhanced, "4.6.3");
  EXPECT_THAT(server.commands(), ElementsAre("EHLO mx.example.com"));
}

INSTANTIATE_TEST_SUITE_P(Table, BinaryIsRefused,
                         testing::Values(Lacking{"nothing offered", {"PIPELINING"}},
                                         Lacking{"chunks of text only", {"PIPELINING", "CHUNKING"}},
                                         Lacking{"binary without chunks", {"PIPELINING", "BINARYMIME"}}));

TEST(SmtpMailstore, ABinaryMessageThatCannotBeReadBackIsNotEnded) {
  struct Short final : Octets {
    std::uint64_t size() const override { return 100; }
    std::string_view read(std::uint64_t, std::span<char>) const override { return {}; }
  };
  const MailstoreServer server(binary_server());
  SmtpBench bench;
  bench.open({server.address()});
  Parcel parcel = binary();
  parcel.octets = std::make_shared<Short>();
  EXPECT_EQ(fates(bench.deliver(parcel)), "failed for now");
  EXPECT_EQ(fates(bench.deliver(support::parcel())), "taken 250");
  EXPECT_EQ(server.connections(), 2u) << "what was left open is not used again";
  EXPECT_EQ(server.stored().size(), 1u);
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

// A reload lets go of it on some thread; its connections belong to their loops.
TEST(SmtpMailstore, ConnectionsEndOnTheirOwnLoop) {
  const MailstoreServer server{ServerManner{}};
  SmtpBench bench;
  bench.open({server.address()});
  bench.deliver(support::parcel());
  bench.loop().restart();
  bench.loop().poll();
  std::thread([&] { bench.close(); }).join();
  bench.loop().restart();
  EXPECT_EQ(bench.loop().poll(), 1u);
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

// RFC 8689: to a server whose name is certain, under TLS, that promises the same.
class SmtpMailstoreRequiretls : public SmtpMailstoreTls {
 protected:
  void SetUp() override {
    SmtpMailstoreTls::SetUp();
    for (const auto& entry : std::filesystem::recursive_directory_iterator(directory_.path()))
      if (entry.is_regular_file() && support::file_text(entry.path()).starts_with("-----BEGIN CERTIFICATE"))
        ::setenv("SSL_CERT_FILE", entry.path().c_str(), 1);
    able_.features = {"PIPELINING", "REQUIRETLS"};
  }
  void TearDown() override { ::unsetenv("SSL_CERT_FILE"); }

  DeliveryReport deliver(const MailstoreServer& server, settings::MailstoreTls tls) {
    bench_.manner().tls = tls;
    bench_.manner().tls_client = *net::TlsClient::make(tls == settings::MailstoreTls::verify
                                                           ? net::TlsClient::Verify::certificate_and_name
                                                           : net::TlsClient::Verify::nothing);
    const std::string address = server.address();
    bench_.open({"localhost" + address.substr(address.find(':'))});
    Parcel parcel = support::parcel();
    parcel.requiretls = true;
    return bench_.deliver(parcel);
  }
};

TEST_F(SmtpMailstoreRequiretls, GoesToWhoPromisesTheSame) {
  const MailstoreServer server({able_});
  EXPECT_EQ(fates(deliver(server, settings::MailstoreTls::verify)), "taken 250");
  EXPECT_TRUE(server.stored().at(0).under_tls);
  EXPECT_EQ(server.stored().at(0).sender, "MAIL FROM:<s@a.example> REQUIRETLS");
  EXPECT_TRUE(bench_.mailstore().offers().requiretls);
}

TEST_F(SmtpMailstoreRequiretls, NotToWhoDoesNot) {
  able_.features = {"PIPELINING"};
  const MailstoreServer server({able_});
  const DeliveryReport report = deliver(server, settings::MailstoreTls::verify);
  EXPECT_EQ(fates(report), "failed for good");
  EXPECT_EQ(report.recipients.at(0).enhanced, "5.7.30");
  EXPECT_EQ(server.stored().size(), 0u);
  EXPECT_FALSE(bench_.mailstore().offers().requiretls);
}

TEST_F(SmtpMailstoreRequiretls, NotWhereTheNameIsNotVerified) {
  const MailstoreServer server({able_});
  EXPECT_EQ(fates(deliver(server, settings::MailstoreTls::may)), "failed for good");
  EXPECT_EQ(server.stored().size(), 0u);
  EXPECT_FALSE(bench_.mailstore().offers().requiretls);
}

TEST_F(SmtpMailstoreRequiretls, NeverInClear) {
  able_.tls = nullptr;
  const MailstoreServer server({able_});
  EXPECT_EQ(fates(deliver(server, settings::MailstoreTls::off)), "failed for good");
  EXPECT_EQ(fates(deliver(server, settings::MailstoreTls::may)), "failed for good");
  EXPECT_EQ(fates(deliver(server, settings::MailstoreTls::verify)), "failed for now; refuses us");
  EXPECT_EQ(server.stored().size(), 0u);
}

}  // namespace
}  // namespace gateway::delivery
