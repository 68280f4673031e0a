// What a reload changes and what it does not, how long trouble defers, and what goes out to whom.
#include "gateway/pipeline/session_desk.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <future>
#include <set>

#include "tests/support/desk_bench.h"
#include "tests/support/named.h"

namespace gateway::pipeline {
namespace {

using support::DeskBench;

constexpr const char* kHeader = "From: x@a.example\r\nSubject: hello\r\n";

std::string refuse_all(const std::string& id) {
  return "[[rule]]\nid = \"" + id + "\"\nwhen = 'subject contains \"hello\"'\nthen = \"reject\"\n";
}

const std::string kAcceptAll =
    "[[rule]]\nid = \"all\"\nwhen = 'client.ip in [\"192.0.2.7\"]'\nthen = \"accept\"\n";

TEST(Reload, leaves_a_transaction_what_it_began_with) {
  DeskBench bench(support::desk_in_force(refuse_all("old")));
  const auto reception = bench.open();
  bench.wait(reception->sender(bench.client, {}));
  bench.standing.replace(bench.fitted(support::desk_in_force(kAcceptAll)));
  EXPECT_EQ(bench.finish(*reception, "user@example.com", kHeader), "250 550");
  EXPECT_EQ(bench.transact(*reception, "user@example.com", kHeader), "250 250 250")
      << "the connection's next one has the new policy";
}

TEST(Reload, may_take_the_domain_from_the_next_transaction_only) {
  DeskBench bench(support::desk_in_force(kAcceptAll));
  const auto reception = bench.open();
  bench.wait(reception->sender(bench.client, {}));
  auto fewer = std::make_shared<settings::Settings>(*bench.standing.now()->settings);
  fewer->domains.erase(*Domain::parse("list.example"));
  auto next = std::make_shared<InForce>(fewer);
  next->policy = support::desk_in_force(kAcceptAll)->policy;
  bench.standing.replace(bench.fitted(next));
  EXPECT_EQ(bench.finish(*reception, "user@list.example", kHeader), "250 250");
  EXPECT_EQ(bench.transact(*reception, "user@list.example", kHeader), "250 550");
}

TEST(Reload, frees_what_no_transaction_keeps) {
  DeskBench bench(support::desk_in_force(kAcceptAll));
  const std::weak_ptr<const InForce> old = bench.standing.now();
  const auto reception = bench.open();
  bench.wait(reception->sender(bench.client, {}));
  bench.standing.replace(bench.fitted(support::desk_in_force(kAcceptAll)));
  EXPECT_FALSE(old.expired());
  reception->abandoned("RSET");
  EXPECT_TRUE(old.expired());
}

// --- trouble_for

const std::string kSpfRule = "[[rule]]\nid = \"spf\"\nwhen = 'spf.mailfrom == fail'\nthen = \"reject\"\n";

dns::Zone silent_zone() {
  dns::Zone zone;
  zone.set_status("a.example", DnsStatus::timeout);
  zone.set_status("b.example", DnsStatus::timeout);
  return zone;
}

struct Trouble {
  std::string name;
  std::string since;  // "SECONDS client sender recipient", of what was deferred before
  std::string wanted;
};
POSTERN_NAMED(Trouble)

class TroubleFor : public testing::TestWithParam<Trouble> {};

TEST_P(TroubleFor, ends_the_deferring) {
  DeskBench bench(support::desk_in_force(kSpfRule, "policy.trouble_for = \"4h\"\n"), silent_zone());
  std::istringstream before(GetParam().since);
  long seconds = 0;
  std::string client, sender, recipient;
  if (before >> seconds >> client >> sender >> recipient) {
    const state::TroubleKey key(*IpAddress::parse(client), *Address::parse(sender),
                                *Address::parse(recipient));
    bench.trouble.deferred(key, delivery::Handler::system_time() - std::chrono::seconds(seconds));
  }
  const auto reception = bench.open();
  EXPECT_EQ(bench.transact(*reception, "user@example.com", kHeader), GetParam().wanted);
}

INSTANTIATE_TEST_SUITE_P(
    Table, TroubleFor,
    testing::Values(
        Trouble{"the first time defers", "", "250 451"},
        Trouble{"so does three hours later", "10800 192.0.2.7 x@a.example user@example.com", "250 451"},
        Trouble{"five hours later the rule does not count", "18000 192.0.2.7 x@a.example user@example.com",
                "250 250 250"},
        Trouble{"from the same network, too", "18000 192.0.2.99 x@a.example user@example.com", "250 250 250"},
        Trouble{"another network's trouble is its own", "18000 198.51.100.7 x@a.example user@example.com",
                "250 451"},
        Trouble{"another sender's", "18000 192.0.2.7 x@b.example user@example.com", "250 451"},
        Trouble{"another recipient's", "18000 192.0.2.7 x@a.example other@example.com", "250 451"},
        Trouble{"after a day without a try it starts anew", "90000 192.0.2.7 x@a.example user@example.com",
                "250 451"}));

state::TroubleKey own_key() {
  return {*IpAddress::parse("192.0.2.7"), *Address::parse("x@a.example"),
          *Address::parse("user@example.com")};
}

TEST(TroubleIsForgotten, once_a_verdict_needs_no_answer) {
  DeskBench bench(support::desk_in_force(kAcceptAll), silent_zone());
  bench.trouble.deferred(own_key(), delivery::Handler::system_time() - std::chrono::hours(1));
  const auto reception = bench.open();
  EXPECT_EQ(bench.transact(*reception, "user@example.com", kHeader, "x@b.example"), "250 250 250");
  EXPECT_EQ(bench.trouble.size(), 1u) << "another sender's is not touched";
  EXPECT_EQ(bench.transact(*reception, "user@example.com", kHeader), "250 250 250");
  EXPECT_EQ(bench.trouble.size(), 0u);
}

TEST(TroubleIsForgotten, not_while_mail_of_the_client_still_comes) {
  DeskBench bench(support::desk_in_force(kSpfRule), silent_zone());
  const Time now = delivery::Handler::system_time();
  bench.trouble.deferred(own_key(), now - std::chrono::hours(30));
  bench.trouble.deferred(own_key(), now - std::chrono::hours(20));
  const auto reception = bench.open();
  EXPECT_EQ(bench.transact(*reception, "user@example.com", kHeader), "250 250 250");
  EXPECT_GE(bench.trouble.since(own_key(), now + std::chrono::hours(23)), std::chrono::hours(53));
}

// RFC 1870 §6.1
TEST(SizeOfAMailstore, refuses_its_recipients_what_is_declared_too_large) {
  DeskBench bench(support::desk_in_force(kAcceptAll));
  bench.mailstore->offered.most_octets = 100'000;
  const auto reception = bench.open();
  Envelope envelope;
  envelope.sender = *Address::parse("x@a.example");
  envelope.declared_bytes = 83'617;
  bench.wait(reception->sender(bench.client, envelope));
  const smtp::Reply refusal = bench.wait(reception->recipient({*Address::parse("user@example.com")}));
  EXPECT_TRUE(refusal.text().starts_with("552 5.3.4 ")) << refusal.text();
  reception->abandoned("RSET");
  envelope.declared_bytes = 83'616;
  bench.wait(reception->sender(bench.client, envelope));
  EXPECT_TRUE(bench.wait(reception->recipient({*Address::parse("user@example.com")})).positive());
}

// --- the record

// What the journal hears next.
class NextRecord {
 public:
  explicit NextRecord(journal::Journal& journal)
      : journal_(journal), listener_(journal.on_record([this](std::string_view line) {
          if (!std::exchange(heard_, true)) line_.set_value(std::string(line));
        })) {}
  ~NextRecord() { journal_.forget(listener_); }
  boost::json::value get() { return boost::json::parse(line_.get_future().get()); }

 private:
  journal::Journal& journal_;
  bool heard_ = false;
  std::promise<std::string> line_;
  unsigned listener_;
};

// Of a transaction with these recipients that ends before its message.
boost::json::value record_without_message(const std::vector<std::string>& recipients) {
  DeskBench bench(support::desk_in_force(kAcceptAll));
  const auto reception = bench.open();
  bench.wait(reception->sender(bench.client, {}));
  for (const std::string& recipient : recipients)
    bench.wait(reception->recipient({*Address::parse(recipient)}));
  NextRecord record(bench.journal);
  reception->abandoned("RSET");
  return record.get();
}

// Its recipient was accepted, but what would have become of the message nobody knows.
TEST(RecordWithoutAMessage, says_that_nothing_was_decided) {
  const boost::json::value said = record_without_message({"user@example.com"});
  EXPECT_EQ(said.at("verdict").at("action"), "open");
  EXPECT_EQ(said.at("verdict").at("rule"), "");
  EXPECT_EQ(said.at("reply"), "");
  EXPECT_EQ(said.at("recipients").at(0).at("verdict").at("action"), "open");
  EXPECT_EQ(said.at("delivery").at("detail"), "no message: RSET");
}

TEST(RecordWithoutAMessage, says_why_nobody_waited_for_it) {
  DeskBench bench(support::desk_in_force(kAcceptAll));
  const auto reception = bench.open();
  bench.wait(reception->sender(bench.client, {}));
  bench.wait(reception->recipient({*Address::parse("user@example.com")}));
  NextRecord record(bench.journal);
  reception->cut_off(smtp::Reply(421, "4.2", "You took too long"));
  const boost::json::value said = record.get();
  EXPECT_EQ(said.at("reply"), "421 4.4.2 You took too long");
  EXPECT_EQ(said.at("refused_by"), "@limit");
  EXPECT_EQ(said.at("verdict").at("action"), "defer");
  EXPECT_EQ(said.at("recipients").at(0).at("fate"), "refused");
  EXPECT_EQ(said.at("recipients").at(0).at("verdict").at("action"), "defer");
  EXPECT_EQ(said.at("delivery").at("detail"), "no message: cut off");
}

TEST(RecordWithoutAMessage, leaves_a_refused_recipient_its_own_story) {
  const boost::json::value said = record_without_message({"user@example.com", "user@elsewhere.example"});
  EXPECT_EQ(said.at("verdict").at("action"), "open");
  EXPECT_EQ(said.at("reply"), "");
  EXPECT_EQ(said.at("rules").as_array().size(), 1u);
  EXPECT_EQ(said.at("recipients").at(1).at("verdict").at("rule"), "@relay");
}

std::set<std::string> stages_of(const boost::json::value& record) {
  std::set<std::string> names;
  for (const auto& [name, microseconds] : record.at("stages").as_object()) {
    EXPECT_GE(microseconds.as_int64(), 0) << name;
    names.emplace(name);
  }
  return names;
}

TEST(RecordWithoutAMessage, says_how_far_it_came) {
  EXPECT_EQ(stages_of(record_without_message({"user@example.com"})),
            (std::set<std::string>{"envelope", "dns"}));
}

TEST(RecordOfAMessage, says_what_each_stage_took) {
  DeskBench bench(support::desk_in_force(kAcceptAll));
  bench.client.connected = std::chrono::steady_clock::now();
  const auto reception = bench.open();
  bench.wait(reception->connected(bench.client));
  const std::set<std::string> all{"hello", "envelope", "data", "evidence", "rules", "mailstore", "dns"};
  for (const bool first : {true, false}) {
    NextRecord record(bench.journal);
    EXPECT_EQ(bench.transact(*reception, "user@example.com", "From: a@a.example\r\n"), "250 250 250");
    std::set<std::string> expected = all;
    if (first) expected.insert("greeting");
    EXPECT_EQ(stages_of(record.get()), expected);
  }
}

TEST(RecordWithoutAMessage, says_why_its_recipient_was_refused) {
  const boost::json::value said = record_without_message({"user@elsewhere.example"});
  EXPECT_EQ(said.at("verdict").at("action"), "reject");
  EXPECT_EQ(said.at("verdict").at("rule"), "@relay");
}

// Of a message with that subject that a rule refuses at its end, naming the subject.
boost::json::value record_of_a_refusal(const std::string& configuration, const std::string& subject,
                                       const std::string& reply = "your subject {subject} is bad") {
  DeskBench bench(
      support::desk_in_force("[[rule]]\nid = \"bad\"\nwhen = 'subject != \"\"'\nthen = "
                             "\"reject\"\nreply = '550 5.7.1 " +
                                 reply + "'\n",
                             configuration));
  const auto reception = bench.open();
  NextRecord record(bench.journal);
  EXPECT_EQ(
      bench.transact(*reception, "user@example.com", "From: x@a.example\r\nSubject: " + subject + "\r\n"),
      "250 250 550");
  return record.get();
}

TEST(RecordOfARefusal, tells_each_recipient_what_the_client_heard_in_the_end) {
  const boost::json::value said = record_of_a_refusal("", "hello");
  EXPECT_EQ(said.at("recipients").at(0).at("verdict").at("reply"), said.at("reply"));
  EXPECT_TRUE(said.at("reply").as_string().starts_with("550 5.7.1 your subject hello is bad"));
}

TEST(RecordOfARefusal, has_the_subject_nowhere_when_it_is_not_kept) {
  for (const char* mode : {"hash", "omit"})
    for (const char* subject : {"a", "Secret words",
                                "Gr\xc3\xbc\xc3\x9f"
                                "e",
                                "bad"}) {
      const boost::json::value said =
          record_of_a_refusal(std::string("journal.subject = \"") + mode + "\"\n", subject);
      const std::string reply(said.at("reply").as_string());
      const std::string shown =
          std::string(mode) == "hash" ? std::string(said.at("subject").as_string()) : "(not recorded)";
      EXPECT_TRUE(reply.starts_with("550 5.7.1 your subject " + shown + " is bad (id ")) << reply;
      EXPECT_EQ(said.at("recipients").at(0).at("verdict").at("reply"), said.at("reply"));
      EXPECT_EQ(said.at("verdict").at("reply"), said.at("reply"));
      EXPECT_EQ(boost::json::serialize(said).find("Secret"), std::string::npos);
    }
}

}  // namespace
}  // namespace gateway::pipeline
