// Which connections without a transaction come into the journal, and what is told of them.
#include "gateway/pipeline/session_record.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <condition_variable>
#include <mutex>
#include <vector>

#include "tests/support/desk_bench.h"

namespace gateway::pipeline {
namespace {

namespace json = boost::json;
using support::DeskBench;
using How = smtp::SessionEnd::How;

constexpr const char* kBlocked =
    "[[rule]]\nid = \"blocked\"\nwhen = 'client.ip in [\"192.0.2.7\"]'\nthen = \"reject\"\nrefuse = "
    "\"earliest\"\n";
constexpr const char* kHeader = "From: x@a.example\r\nSubject: hello\r\n";

class SessionRecords : public testing::Test {
 protected:
  void use(const std::string& policy, const std::string& more = {}) {
    bench_.emplace(support::desk_in_force(policy, more));
    listener_ = bench_->journal.on_record([this](std::string_view line) {
      const std::lock_guard lock(mutex_);
      lines_.emplace_back(line);
      heard_.notify_all();
    });
  }
  void TearDown() override { bench_->journal.forget(listener_); }

  smtp::SessionEnd end(How how) {
    return {.how = how, .client = bench_->client, .last_reply = "421 4.7.0 no"};
  }

  // All records so far: the journal writes on a thread of its own, in order.
  std::vector<json::object> records() {
    constexpr std::string_view kLast = "{}";
    bench_->journal.post(bench_->loop.get_executor(), {kLast, ""});
    bench_->loop.restart();
    bench_->loop.run();
    std::unique_lock lock(mutex_);
    heard_.wait(lock, [&] { return !lines_.empty() && lines_.back() == kLast; });
    lines_.pop_back();
    std::vector<json::object> all;
    for (const std::string& line : lines_) all.push_back(json::parse(line).as_object());
    return all;
  }

  std::optional<DeskBench> bench_;

 private:
  std::mutex mutex_;
  std::condition_variable heard_;
  std::vector<std::string> lines_;
  unsigned listener_ = 0;
};

TEST_F(SessionRecords, tell_of_who_was_turned_away_at_the_door) {
  use(kBlocked);
  bench_->desk.turned_away(bench_->loop.get_executor(), end(How::too_many_connections));
  const auto found = records();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].at("kind"), "session");
  EXPECT_EQ(found[0].at("ended"), "too_many_connections");
  EXPECT_EQ(found[0].at("host"), "mx.example.com");
  EXPECT_EQ(found[0].at("reply"), "421 4.7.0 no");
  EXPECT_EQ(found[0].at("id").as_string().size(), 12u);
}

TEST_F(SessionRecords, carry_the_verdict_of_the_greeting_and_the_id_that_was_told) {
  use(kBlocked);
  const auto reception = bench_->open();
  const auto refusal = bench_->wait(reception->connected(bench_->client));
  ASSERT_TRUE(refusal);
  bench_->standing.replace(bench_->fitted(support::desk_in_force("")));
  reception->closed(end(How::quit));
  const auto found = records();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].at("ended"), "refused");
  EXPECT_EQ(found[0].at("verdict").as_object().at("rule"), "blocked");
  EXPECT_NE(refusal->text().find(found[0].at("id").as_string().c_str()), std::string::npos);
  EXPECT_NE(found[0].at("policy_version"), json::value(bench_->standing.now()->policy->version()))
      << "of the policy that refused, not of the one since";
}

TEST_F(SessionRecords, are_not_made_beside_that_of_a_transaction) {
  use("[[rule]]\nid = \"all\"\nwhen = 'client.ip in [\"192.0.2.7\"]'\nthen = \"accept\"\n");
  const auto reception = bench_->open();
  EXPECT_EQ(bench_->transact(*reception, "user@example.com", kHeader), "250 250 250");
  reception->closed(end(How::quit));
  const auto found = records();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].at("kind"), "transaction");
}

TEST_F(SessionRecords, name_what_refused_last) {
  use(kBlocked);
  const auto reception = bench_->open();
  reception->refused("@syntax", smtp::Reply(500, "5.2", "no"), false);
  reception->refused("@limit", smtp::Reply(421, "7.0", "no"), true);
  reception->closed(end(How::limit));
  EXPECT_EQ(records().at(0).at("refused_by"), "@limit");
}

TEST_F(SessionRecords, are_not_made_of_probes_nor_counted) {
  use(kBlocked, "journal.ignore = [\"192.0.2.7\"]\n");
  for (unsigned i = 0; i < 100; ++i) bench_->open()->closed(end(How::closed));
  EXPECT_TRUE(records().empty());
  bench_->client.ip = *IpAddress::parse("192.0.2.8");
  bench_->open()->closed(end(How::closed));
  const auto found = records();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].at("unrecorded"), 0);
}

TEST_F(SessionRecords, of_a_flood_that_a_rule_refuses_are_few) {
  use(kBlocked);
  for (unsigned i = 0; i < 100; ++i) {
    const auto reception = bench_->open();
    EXPECT_TRUE(bench_->wait(reception->connected(bench_->client)));
    reception->closed(end(How::quit));
  }
  const std::size_t few = records().size();
  EXPECT_GE(few, journal::SessionLimiter::kPerNetwork.burst);
  EXPECT_LT(few, 100u);
}

}  // namespace
}  // namespace gateway::pipeline
