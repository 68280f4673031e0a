#include "gateway/delivery/factory.h"

#include <gtest/gtest.h>

#include <boost/asio/thread_pool.hpp>

#include "gateway/delivery/discard.h"
#include "tests/support/mailstore_server.h"
#include "tests/support/named.h"
#include "tests/support/parcels.h"
#include "tests/support/temporary_directory.h"

namespace gateway::delivery {
namespace {

using settings::MailstoreProtocol;

struct Case {
  std::string name;
  MailstoreProtocol protocol;
  std::vector<std::string> servers;
  std::string path;
  std::string error;  // a part of it; empty: it is made
};
POSTERN_NAMED(Case)

class MakeMailstores : public testing::TestWithParam<Case> {};

TEST_P(MakeMailstores, FollowsTheConfiguration) {
  settings::Settings settings;
  settings.hostname = "mx.example.com";
  settings::MailstoreSettings& its = settings.mailstores["main"];
  its.protocol = GetParam().protocol;
  its.servers = GetParam().servers;
  its.path = GetParam().path;
  RealDisk disk;
  ServerBook book;
  asio::thread_pool pool(1);
  const Result<Mailstores> made = make_mailstores(settings, disk, pool.get_executor(), book);
  if (GetParam().error.empty()) {
    ASSERT_TRUE(made) << made.error().text();
    EXPECT_NE(made->at("main"), nullptr);
    return;
  }
  ASSERT_FALSE(made);
  EXPECT_NE(made.error().text().find(GetParam().error), std::string::npos) << made.error().text();
}

INSTANTIATE_TEST_SUITE_P(
    Table, MakeMailstores,
    testing::Values(
        Case{"smtp", MailstoreProtocol::smtp, {"10.0.0.5:25", "[::1]:25"}, "", ""},
        Case{"lmtp on a Unix socket", MailstoreProtocol::lmtp, {"unix:/run/lmtp"}, "", ""},
        Case{"maildir", MailstoreProtocol::maildir, {}, "/var/mail/all", ""},
        Case{"discard", MailstoreProtocol::discard, {}, "", ""},
        Case{"a server without port", MailstoreProtocol::smtp, {"10.0.0.5"}, "", "'10.0.0.5' is no server"},
        Case{"smtp on a Unix socket", MailstoreProtocol::smtp, {"unix:/run/x"}, "", "is no server"},
        Case{"no servers", MailstoreProtocol::smtp, {}, "", "mailstore.main has no servers"},
        Case{"maildir without path", MailstoreProtocol::maildir, {}, "", "mailstore.main has no path"}));

TEST(MakeMailstore, WhatIsMadeSpeaksUnderOurName) {
  const support::MailstoreServer server{support::ServerManner{}};
  settings::Settings settings;
  settings.hostname = "mx.example.com";
  settings.mailstores["main"].servers = {server.address()};
  RealDisk disk;
  ServerBook book;
  asio::thread_pool pool(1);
  asio::io_context loop;
  const Result<Mailstores> made = make_mailstores(settings, disk, pool.get_executor(), book);
  ASSERT_TRUE(made);
  const Parcel parcel = support::parcel();
  EXPECT_TRUE(support::await(loop, made->at("main")->deliver(parcel)).any(Fate::taken));
  EXPECT_EQ(server.commands().at(0), "EHLO mx.example.com");
}

TEST(Discard, TakesEveryCopyAndKeepsNone) {
  asio::io_context loop;
  Discard discard;
  const Parcel parcel = support::parcel();
  const DeliveryReport report = support::await(loop, discard.deliver(parcel));
  EXPECT_EQ(report.recipients.size(), parcel.recipients.size());
  EXPECT_TRUE(report.any(Fate::taken));
  EXPECT_FALSE(report.any(Fate::failed_for_now));
}

}  // namespace
}  // namespace gateway::delivery
