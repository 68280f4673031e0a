#include "gateway/delivery/smtp_mailstore.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netdb.h>

#include <boost/asio/thread_pool.hpp>
#include <csignal>

#include "tests/support/mailstore_server.h"
#include "tests/support/named.h"
#include "tests/support/parcels.h"
#include "tests/support/temporary_directory.h"

namespace gateway::delivery {
namespace {

using std::chrono::milliseconds;
using support::kHangUp;
using support::kStall;
using support::MailstoreServer;
using support::ServerManner;
using testing::ElementsAre;

constexpr milliseconds kShort{150};    // where a test waits for the end of patience
constexpr milliseconds kLong{20'000};  // where it must not

class SmtpBench {
 public:
  explicit SmtpBench(milliseconds answer = kLong, milliseconds after_dot = kLong) {
    std::signal(SIGPIPE, SIG_IGN);
    manner_.our_name = "mx.example.com";
    manner_.tls = settings::MailstoreTls::off;
    manner_.patience = {answer, after_dot};
    manner_.workers = pool_.get_executor();
  }
  SmtpManner& manner() { return manner_; }
  asio::io_context& loop() { return loop_; }

  void open(const std::vector<std::string>& servers, unsigned connections = 10) {
    std::vector<ServerAddress> addresses;
    for (const std::string& server : servers) addresses.push_back(ServerAddress::parse(server).value());
    mailstore_ = std::make_unique<SmtpMailstore>(addresses, manner_, connections);
  }
  DeliveryReport deliver(const Parcel& parcel) { return support::await(loop_, mailstore_->deliver(parcel)); }
  SmtpMailstore& mailstore() { return *mailstore_; }

 private:
  asio::io_context loop_;
  asio::thread_pool pool_{1};
  SmtpManner manner_;
  std::unique_ptr<SmtpMailstore> mailstore_;
};

std::string fates(const DeliveryReport& report) {
  std::string text;
  for (const Delivered& copy : report.recipients) {
    if (!text.empty()) text += ", ";
    text += name(copy.fate);
    if (copy.code != 0) text += " " + std::to_string(copy.code);
  }
  if (report.unreachable) text += "; unreachable";
  if (report.refuses_us) text += "; refuses us";
  return text;
}

// A server that nobody listens at.
std::string dead_address() {
  const MailstoreServer gone{ServerManner{}};
  return gone.address();
}

struct Case {
  std::string name;
  std::map<std::string, std::string> answers;
  std::string one;  // with one recipient
  std::string two;  // with u and v
  bool lmtp = false;
};
POSTERN_NAMED(Case)

class MailstoreAnswer : public testing::TestWithParam<std::tuple<Case, bool>> {};

TEST_P(MailstoreAnswer, IsUnderstoodWithAndWithoutPipelining) {
  const auto& [row, pipelining] = GetParam();
  ServerManner manner;
  manner.lmtp = row.lmtp;
  manner.answers = row.answers;
  if (!pipelining) manner.features = {"8BITMIME"};
  const bool waits = std::any_of(row.answers.begin(), row.answers.end(),
                                 [](const auto& answer) { return answer.second == kStall; });
  for (const bool two : {false, true}) {
    SCOPED_TRACE(two ? "two recipients" : "one recipient");
    const MailstoreServer server(manner);
    SmtpBench bench(waits ? kShort : kLong, waits ? kShort : kLong);
    bench.manner().lmtp = row.lmtp;
    bench.open({server.address()});
    const Parcel parcel =
        two ? support::parcel({"u@example.com", "v@example.com"}) : support::parcel({"u@example.com"});
    EXPECT_EQ(fates(bench.deliver(parcel)), two ? row.two : row.one);
  }
}

const std::string kU = "RCPT TO:<u@example.com>";

INSTANTIATE_TEST_SUITE_P(
    Table, MailstoreAnswer,
    testing::Combine(testing::Values(Case{"all is well", {}, "taken 250", "taken 250, taken 250"},
                                     Case{"a recipient unknown",
                                          {{kU, "550 5.1.1 no such user"}},
                                          "failed for good 550",
                                          "failed for good 550, taken 250"},
                                     Case{"a mailbox full",
                                          {{kU, "552 5.2.2 full"}},
                                          "failed for good 552",
                                          "failed for good 552, taken 250"},
                                     Case{"550 without an enhanced code",
                                          {{kU, "550 no"}},
                                          "failed for good 550",
                                          "failed for good 550, taken 250"},
                                     Case{"a recipient later",
                                          {{kU, "451 4.3.0 later"}},
                                          "failed for now 451",
                                          "failed for now 451, taken 250"},
                                     Case{"relaying denied is our trouble",
                                          {{kU, "554 5.7.1 relaying denied"}},
                                          "failed for now 554; refuses us",
                                          "failed for now 554, taken 250; refuses us"},
                                     Case{"a sequence error is our trouble",
                                          {{kU, "503 5.5.1 sequence"}},
                                          "failed for now 503; refuses us",
                                          "failed for now 503, taken 250; refuses us"},
                                     Case{"354 though nobody was accepted",
                                          {{"RCPT", "550 5.1.1 no"}, {"DATA", "354 go"}},
                                          "failed for good 550",
                                          "failed for good 550, failed for good 550"},
                                     Case{"greeting 554",
                                          {{"greeting", "554 5.7.1 go away"}},
                                          "failed for now 554; refuses us",
                                          "failed for now 554, failed for now 554; refuses us"},
                                     Case{"greeting 421",
                                          {{"greeting", "421 4.3.2 busy"}},
                                          "failed for now 421",
                                          "failed for now 421, failed for now 421"},
                                     Case{"EHLO refused",
                                          {{"EHLO", "550 no"}},
                                          "failed for now 550; refuses us",
                                          "failed for now 550, failed for now 550; refuses us"},
                                     Case{"MAIL refused",
                                          {{"MAIL", "550 5.7.1 not you"}},
                                          "failed for now 550; refuses us",
                                          "failed for now 550, failed for now 550; refuses us"},
                                     Case{"too large, at MAIL",
                                          {{"MAIL", "552 5.3.4 too large"}},
                                          "failed for good 552",
                                          "failed for good 552, failed for good 552"},
                                     Case{"MAIL later",
                                          {{"MAIL", "452 4.3.1 full"}},
                                          "failed for now 452",
                                          "failed for now 452, failed for now 452"},
                                     Case{"421 to MAIL",
                                          {{"MAIL", "421 4.3.2 going"}},
                                          "failed for now 421",
                                          "failed for now 421, failed for now 421"},
                                     Case{"DATA refused",
                                          {{"DATA", "554 5.5.1 no"}},
                                          "failed for now 554; refuses us",
                                          "failed for now 554, failed for now 554; refuses us"},
                                     Case{"DATA later",
                                          {{"DATA", "451 4.3.0 later"}},
                                          "failed for now 451",
                                          "failed for now 451, failed for now 451"},
                                     Case{"421 to DATA",
                                          {{"DATA", "421 4.3.2 going"}},
                                          "failed for now 421",
                                          "failed for now 421, failed for now 421"}),
                     testing::Bool()));

INSTANTIATE_TEST_SUITE_P(AroundTheDot, MailstoreAnswer,
                         testing::Combine(testing::Values(Case{"the message refused",
                                                               {{"dot", "554 5.6.0 no"}},
                                                               "failed for good 554",
                                                               "failed for good 554, failed for good 554"},
                                                          Case{"the message later",
                                                               {{"dot", "451 4.3.0 later"}},
                                                               "failed for now 451",
                                                               "failed for now 451, failed for now 451"},
                                                          Case{"lost after the dot",
                                                               {{"dot", kHangUp}},
                                                               "perhaps delivered",
                                                               "perhaps delivered, perhaps delivered"},
                                                          Case{"silence after the dot",
                                                               {{"dot", kStall}},
                                                               "perhaps delivered",
                                                               "perhaps delivered, perhaps delivered"},
                                                          Case{"nonsense after the dot",
                                                               {{"dot", "Hello"}},
                                                               "perhaps delivered",
                                                               "perhaps delivered, perhaps delivered"},
                                                          Case{"354 after the dot",
                                                               {{"dot", "354 more"}},
                                                               "perhaps delivered",
                                                               "perhaps delivered, perhaps delivered"},
                                                          Case{"hangs up in DATA",
                                                               {{"DATA", kHangUp}},
                                                               "failed for now; unreachable",
                                                               "failed for now, failed for now; unreachable"},
                                                          Case{"hangs up at RCPT",
                                                               {{kU, kHangUp}},
                                                               "failed for now; unreachable",
                                                               "failed for now, failed for now; unreachable"},
                                                          Case{"silence at RCPT",
                                                               {{kU, kStall}},
                                                               "failed for now; unreachable",
                                                               "failed for now, failed for now; unreachable"},
                                                          Case{"silence at the greeting",
                                                               {{"greeting", kStall}},
                                                               "failed for now; unreachable",
                                                               "failed for now, failed for now; unreachable"},
                                                          Case{"no SMTP at all",
                                                               {{"greeting", "SSH-2.0-OpenSSH"}},
                                                               "failed for now; unreachable",
                                                               "failed for now, failed for now; unreachable"},
                                                          Case{"250 to DATA",
                                                               {{"DATA", "250 Ok"}},
                                                               "failed for now; unreachable",
                                                               "failed for now, failed for now; unreachable"},
                                                          Case{"354 to RCPT",
                                                               {{kU, "354 go"}},
                                                               "failed for now; unreachable",
                                                               "failed for now, failed for now; unreachable"},
                                                          Case{"lmtp answers for each",
                                                               {{"dot <u@example.com>", "550 5.2.2 full"}},
                                                               "failed for good 550",
                                                               "failed for good 550, taken 250",
                                                               true},
                                                          Case{"lmtp hangs up between answers",
                                                               {{"dot <v@example.com>", kHangUp}},
                                                               "taken 250",
                                                               "taken 250, perhaps delivered",
                                                               true}),
                                          testing::Bool()));

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
