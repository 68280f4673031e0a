// What goes out to whom, and what the record says of it.
#include "gateway/pipeline/record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/detached.hpp>

#include "tests/support/desk_bench.h"

namespace gateway::pipeline {
namespace {

using support::DeskBench;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kHeader = "From: x@a.example\r\nSubject: hello\r\nX-Kept: 1\r\n";

const std::string kRules = R"([score]
tag = 1.0
[[rule]]
id      = "careful"
when    = 'rcpt.address == "careful@example.com"'
then    = "tag"
subject = "[EXTERN] "
header  = "X-Company-Origin: external"
[[rule]]
id    = "hello"
when  = 'subject contains "hello" and rcpt.address == "scored@example.com"'
score = 1.5
[[rule]]
id   = "kept"
when = 'header("X-Kept") == "never"'
then = "reject"
)";

// A transaction with all in, judged.
std::unique_ptr<Transaction> judged(DeskBench& bench, const std::vector<std::string>& recipients) {
  const auto in_force = bench.standing.now();
  Envelope envelope;
  envelope.sender = *Address::parse("x@a.example");
  const Time now(std::chrono::seconds(1780315200));
  auto transaction = std::make_unique<Transaction>(
      std::make_shared<Origin>(in_force, Surroundings{bench.resolver, bench.state, bench.loop.get_executor()},
                               now, &bench.client),
      "0RECORD00001", now, bench.client, envelope);
  transaction->begin();
  for (const std::string& one : recipients) transaction->add_recipient(*Address::parse(one)).accepted = true;
  transaction->data_begins();
  smtp::Received received;
  received.octets = std::make_shared<MemoryOctets>(std::string(kHeader) + "\r\nHello.\r\n");
  received.body_offset = std::string_view(kHeader).size() + 2;
  transaction->header_complete(std::string(kHeader));
  asio::co_spawn(bench.loop, transaction->message_complete(received), asio::detached);
  bench.loop.restart();
  bench.loop.run();
  for (TransactionRecipient& one : transaction->recipients())
    one.verdict = transaction->judge(one, false, true);
  return transaction;
}

TEST(Outgoing, differs_for_recipients_with_different_tags) {
  DeskBench bench(support::desk_in_force(kRules));
  const auto transaction = judged(bench, {"user@example.com", "careful@example.com", "scored@example.com"});
  const auto header = [&](std::size_t i) {
    const TransactionRecipient& one = transaction->recipients()[i];
    const smtp::Recipient recipient{one.address};
    return outgoing(*transaction, one.verdict, "", {&recipient, 1}).header;
  };
  EXPECT_THAT(header(0), HasSubstr("\r\nSubject: hello\r\n"));
  EXPECT_THAT(header(0), Not(HasSubstr("X-Company-Origin")));
  EXPECT_THAT(header(0), Not(HasSubstr("X-Postern-Score")));
  EXPECT_THAT(header(1), HasSubstr("\r\nSubject: [EXTERN] hello\r\n"));
  EXPECT_THAT(header(1), HasSubstr("\r\nX-Company-Origin: external\r\n"));
  EXPECT_THAT(header(2), HasSubstr("\r\nSubject: hello\r\n"));
  EXPECT_THAT(header(2), HasSubstr("\r\nX-Postern-Score: 1.5\r\n"));
  EXPECT_TRUE(header(1).starts_with("Received: "));
  EXPECT_THAT(header(1), HasSubstr("id 0RECORD00001"));
  EXPECT_THAT(header(1), HasSubstr("careful@example.com"));
  EXPECT_THAT(header(1), Not(HasSubstr("user@example.com"))) << "nobody learns of the others";
  const std::vector<smtp::Recipient> two{{*Address::parse("a@example.com")},
                                         {*Address::parse("b@example.com")}};
  EXPECT_THAT(outgoing(*transaction, transaction->recipients()[0].verdict, "", two).header,
              Not(HasSubstr("for <")))
      << "not even that there are any";
}

TEST(Outgoing, says_what_would_have_been_done) {
  DeskBench bench(support::desk_in_force(kRules));
  const auto transaction = judged(bench, {"user@example.com"});
  const Outgoing out = outgoing(*transaction, transaction->recipients()[0].verdict, "reject; rule=x", {});
  EXPECT_THAT(out.header, HasSubstr("\r\nX-Postern-Would: reject; rule=x\r\n"));
  EXPECT_EQ(out.added.size(), 3u);
  EXPECT_THAT(out.added[0], testing::StartsWith("Received:"));
  EXPECT_THAT(out.added[1], testing::StartsWith("Authentication-Results:"));
}

TEST(Outgoing, has_received_spf_fields_where_they_are_wanted) {  // above our Received, RFC 7208 §9.1
  DeskBench bench(support::desk_in_force(kRules, "filter.spf.received_spf = true\n"));
  const auto transaction = judged(bench, {"user@example.com"});
  const Outgoing out = outgoing(*transaction, transaction->recipients()[0].verdict, "", {});
  ASSERT_EQ(out.added.size(), 4u);
  EXPECT_THAT(out.added[0], testing::StartsWith("Received-SPF: "));
  EXPECT_THAT(out.added[0], HasSubstr("\tidentity=\"mailfrom\";\r\n\tenvelope-from=\"x@a.example\";"));
  EXPECT_THAT(out.added[1], HasSubstr("\tidentity=\"helo\";"));
  EXPECT_THAT(out.added[1], HasSubstr("\tclient-ip=\"192.0.2.7\";"));
  EXPECT_THAT(out.added[2], testing::StartsWith("Received: "));
}

TEST(EntryOf, tells_all_that_is_known) {
  DeskBench bench(support::desk_in_force(kRules));
  const auto transaction = judged(bench, {"user@example.com", "careful@example.com"});
  transaction->recipients()[0].accepted = false;
  const journal::Entry entry = entry_of(*transaction);
  EXPECT_EQ(entry.id, "0RECORD00001");
  EXPECT_EQ(entry.mode, "enforce");
  EXPECT_EQ(entry.sender, "x@a.example");
  EXPECT_EQ(entry.subject, "hello");
  EXPECT_EQ(entry.header_from, "x@a.example");
  EXPECT_EQ(entry.size, std::string(kHeader).size() + 10);
  ASSERT_EQ(entry.headers.size(), 1u) << "those that rules name";
  EXPECT_EQ(entry.headers[0].values, std::vector<std::string>{"1"});
  ASSERT_EQ(entry.recipients.size(), 2u);
  EXPECT_EQ(entry.verdict->tags.size(), 1u) << "the first accepted recipient's";
  const InForce& in_force = *bench.standing.now();
  std::size_t enabled = 0;
  for (std::size_t i = 0; i < in_force.vocabulary.size(); ++i)
    enabled += in_force.vocabulary.enabled(FactId(i)) ? 1 : 0;
  EXPECT_EQ(entry.facts.size(), enabled) << "every fact has its line";
  const auto rcpt = std::ranges::find(entry.facts, "rcpt.address", &journal::FactEntry::name);
  EXPECT_EQ(to_text(rcpt->fact->value), "careful@example.com");
  EXPECT_FALSE(entry.answers.empty());
  EXPECT_FALSE(entry.evidence.empty());
}

// The desk hands each recipient's copy over with what is meant for him.
TEST(Desk, hands_over_a_copy_for_each_tag) {
  DeskBench bench(support::desk_in_force(kRules));
  const auto reception = bench.open();
  Envelope envelope;
  envelope.sender = *Address::parse("x@a.example");
  bench.wait(reception->sender(bench.client, envelope));
  for (const char* one : {"user@example.com", "careful@example.com", "third@example.com"})
    EXPECT_TRUE(bench.wait(reception->recipient({*Address::parse(one)})).positive());
  EXPECT_EQ(bench.finish(*reception, "scored@example.com", kHeader), "250 250");
  std::string copies;
  for (const delivery::Parcel& parcel : bench.mailstore->parcels) {
    for (const smtp::Recipient& one : parcel.recipients) copies += one.address.local() + " ";
    copies += parcel.header.find("[EXTERN]") != std::string::npos ? "tagged; " : "; ";
  }
  EXPECT_EQ(copies, "user third ; careful tagged; scored ; ");
}

}  // namespace
}  // namespace gateway::pipeline
