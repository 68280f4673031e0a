#include "gateway/pipeline/gather.h"

#include <gtest/gtest.h>

#include "gateway/settings/settings.h"
#include "policy/facts/base_facts.h"
#include "tests/support/fake_filter.h"
#include "tests/support/named.h"

namespace gateway::pipeline {
namespace {

std::string said(const Facts& facts, std::string_view name) {
  const Fact& fact = facts.at(name);
  return fact.known() ? to_text(fact.value) : "not known";
}

TEST(Gather, AfterTheMessageEveryFactOfTheGatewayIsKnownButTheScore) {
  Facts configuration(support::fake_vocabulary(), Owner::configuration);
  Facts session(configuration, Owner::session);
  Facts transaction(session, Owner::transaction);
  Facts recipient(transaction, Owner::recipient);

  smtp::Client client;
  client.ip = IpAddress::parse("192.0.2.1").value();
  client.listener = "0.0.0.0:25";
  client.helo = "mx.a.example";
  client.trusted = true;
  client.tls.version = "TLSv1.3";
  settings::Settings settings;
  settings.local_domains = {Domain::parse("example.com").value(), Domain::parse("example.net").value()};
  settings.local_names = {"Erika Muster"};
  Envelope envelope;
  envelope.sender = Address::parse("Info@A.example").value();
  const auto message = Message::parse(
      "Subject: one\r\n =?utf-8?q?two?=\r\nReply-To: \"<q@c>\" (y) <x@b.example>\r\n\r\nbody\r\n");

  learn_client(session, client);
  learn_settings(configuration, settings);
  learn_time(transaction, Time(std::chrono::seconds(1'000'000'000)));
  learn_mail(transaction, client, envelope, settings.local_domains);
  learn_recipient(recipient, Address::parse("user@example.com").value());
  learn_data(transaction, 3);
  learn_headers(transaction, message);
  learn_message(transaction, message);

  learn_lists(session, {});
  for (const FactSpec& spec : policy::base_facts())
    EXPECT_EQ(recipient.at(spec.name).known(), spec.name != "score") << spec.name;
  EXPECT_EQ(said(recipient, "client.ip"), "192.0.2.1");
  EXPECT_EQ(said(recipient, "listener"), "0.0.0.0:25");
  EXPECT_EQ(said(recipient, "helo.name"), "mx.a.example");
  EXPECT_EQ(said(recipient, "tls.version"), "TLSv1.3");
  EXPECT_EQ(said(recipient, "local.domains"), "example.com, example.net");
  EXPECT_EQ(said(recipient, "now"), "2001-09-09T01:46:40Z");
  EXPECT_EQ(said(recipient, "sender.domain"), "a.example");
  EXPECT_EQ(said(recipient, "rcpt.domain"), "example.com");
  EXPECT_EQ(said(recipient, "rcpt.count"), "3");
  EXPECT_EQ(said(recipient, "subject"), "one two");
  EXPECT_EQ(said(recipient, "reply_to.domain"), "b.example");
  EXPECT_EQ(said(recipient, "message.size"), std::to_string(message->size()));
  EXPECT_EQ(recipient.envelope(), &envelope);
  EXPECT_EQ(recipient.message(), message.get());
}

// What is beyond 8 KiB is made to cost time.
TEST(Gather, ReadsTheBeginningOfALongField) {
  Facts session(support::fake_vocabulary(), Owner::session);
  Facts transaction(session, Owner::transaction);
  std::string header = "Subject:";
  for (int i = 0; i < 2000; ++i) header += " =?utf-8?q?word?=";
  header += "\r\nReply-To: x@b.example";
  for (int i = 0; i < 2000; ++i) header += ", someone@c.example";
  header +=
      "\r\nContent-Type: multipart/report; " + std::string(9000, 'x') + "=y; report-type=delivery-status\r\n";
  learn_headers(transaction, std::make_shared<const Message>(header));
  EXPECT_LT(said(transaction, "subject").size(), 8192u);
  EXPECT_TRUE(said(transaction, "subject").starts_with("wordword"));
  EXPECT_EQ(said(transaction, "reply_to.address"), "x@b.example");
  EXPECT_EQ(said(transaction, "message.is_dsn"), "false");
}

struct Sender {
  std::string name;
  std::string address;
  bool local;
  bool null;
};
POSTERN_NAMED(Sender)

class GatherSender : public testing::TestWithParam<Sender> {};

TEST_P(GatherSender, LocalAndNull) {
  Facts session(support::fake_vocabulary());
  Facts facts(session, Owner::transaction);
  Envelope envelope;
  if (!GetParam().address.empty()) envelope.sender = Address::parse(GetParam().address).value();
  const std::vector<Domain> local{Domain::parse("example.com").value()};
  learn_mail(facts, {}, envelope, local);
  EXPECT_EQ(*facts.get<bool>("sender.local"), GetParam().local);
  EXPECT_EQ(*facts.get<bool>("sender.is_null"), GetParam().null);
}

INSTANTIATE_TEST_SUITE_P(Table, GatherSender,
                         testing::Values(Sender{"ours, in any case", "a@EXAMPLE.com", true, false},
                                         Sender{"below ours is not ours", "a@x.example.com", false, false},
                                         Sender{"another", "a@example.org", false, false},
                                         Sender{"an address literal", "a@[192.0.2.1]", false, false},
                                         Sender{"null", "", false, true}));

struct ContentType {
  std::string name;
  std::string value;
  bool report;
};
POSTERN_NAMED(ContentType)

class DeliveryReport : public testing::TestWithParam<ContentType> {};

TEST_P(DeliveryReport, IsTold) { EXPECT_EQ(is_delivery_report(GetParam().value), GetParam().report); }

INSTANTIATE_TEST_SUITE_P(
    Table, DeliveryReport,
    testing::Values(
        ContentType{"plain", " multipart/report; report-type=delivery-status; boundary=x", true},
        ContentType{
            "quoted, folded, in any case",
            " Multipart/Report;\r\n\tboundary=\"a;report-type=x\";\r\n\tREPORT-TYPE=\"Delivery\\-Status\"",
            true},
        ContentType{"comments", "(a(b)\\)) multipart/report (c) ; (d) report-type (e) = (f) delivery-status",
                    true},
        ContentType{"a disposition notification", "multipart/report; report-type=disposition-notification",
                    false},
        ContentType{"only quoted in another parameter",
                    "multipart/report; x=\"; report-type=delivery-status\"", false},
        ContentType{"another type", "multipart/mixed; report-type=delivery-status", false},
        ContentType{"a longer word", "multipart/reports; report-type=delivery-status", false},
        ContentType{"no report-type", "multipart/report", false}, ContentType{"empty", "", false},
        ContentType{"an open quote", "multipart/report; x=\"", false},
        ContentType{"an open comment", "multipart/report; (((", false},
        ContentType{"a backslash at the end", "multipart/report; x=\"\\", false}));

}  // namespace
}  // namespace gateway::pipeline
