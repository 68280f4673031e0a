// One transaction against a resolver that answers when told: what RCPT waits for, and what it does not.
#include "gateway/pipeline/transaction.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>

#include "tests/support/desk_world.h"
#include "tests/support/fake_filter.h"

namespace gateway::pipeline {
namespace {

using support::FakeResolver;

constexpr const char* kSpf = "[[rule]]\nid = \"spf\"\nwhen = 'spf.mailfrom == fail'\nthen = \"reject\"\n";
constexpr const char* kDkimAbove =
    "[[rule]]\nid = \"signed\"\nwhen = 'dkim.result == pass'\nthen = \"accept\"\n"
    "[[rule]]\nid = \"spf\"\nwhen = 'spf.mailfrom == fail'\nthen = \"reject\"\n";
constexpr const char* kClient =
    "[[rule]]\nid = \"net\"\nwhen = 'client.ip in [\"192.0.2.7\"]'\nthen = \"reject\"\n";

class TransactionTest : public testing::Test {
 protected:
  void begin(const char* policy) {
    in_force_ = support::desk_in_force(policy,
                                       "filter.rdns.enabled = false\nfilter.helo.enabled = false\n"
                                       "filter.sender.enabled = false\n");
    smtp::Client client;
    client.ip = *IpAddress::parse("192.0.2.7");
    client.helo = "relay.a.example";
    Envelope envelope;
    envelope.sender = *Address::parse("x@a.example");
    const Time now(std::chrono::seconds(1780315200));
    transaction_ = std::make_unique<Transaction>(
        std::make_shared<Origin>(in_force_, Surroundings{resolver_, state_, loop_.get_executor()}, now,
                                 &client),
        "0TRANSACTION", now, client, envelope);
    transaction_->begin();
    work();
  }

  // "open", or what the rules say of the one recipient.
  std::string verdict(bool at_end = false) {
    const policy::Verdict verdict = transaction_->judge(transaction_->recipients().front(), false, at_end);
    return verdict.settled ? std::string(name(verdict.action)) + " " + verdict.rule : "open";
  }

  void settle(Phase phase) {
    settled_ = false;
    asio::co_spawn(loop_, transaction_->settle(phase),
                   [this](const std::exception_ptr&) { settled_ = true; });
    work();
  }

  void finish() {
    smtp::Received received;
    const std::string header = "From: x@a.example\r\n";
    received.octets = std::make_shared<MemoryOctets>(header + "\r\nHello.\r\n");
    received.body_offset = header.size() + 2;
    transaction_->data_begins();
    transaction_->header_complete(header);
    asio::co_spawn(loop_, transaction_->message_complete(std::move(received)),
                   [this](const std::exception_ptr&) { settled_ = true; });
    work();
  }

  void work() {
    loop_.restart();
    loop_.poll();
  }

  // All that is asked now does not exist.
  void answer_nothing() {
    while (!resolver_.pending.empty()) {
      resolver_.answer(resolver_.pending.front().question.name, FakeResolver::status(DnsStatus::nxdomain));
      work();
    }
  }

  asio::io_context loop_;
  FakeResolver resolver_;
  std::shared_ptr<InForce> in_force_;
  state::NoState state_;
  std::unique_ptr<Transaction> transaction_;
  bool settled_ = false;
};

TEST_F(TransactionTest, asks_for_spf_at_mail_and_waits_for_it_at_rcpt) {
  begin(kSpf);
  EXPECT_FALSE(resolver_.pending.empty()) << "the question is out before RCPT comes";
  transaction_->add_recipient(*Address::parse("user@example.com"));
  settle(Phase::rcpt);
  EXPECT_FALSE(settled_);
  EXPECT_EQ(verdict(), "open");
  ASSERT_TRUE(resolver_.answer("a.example", FakeResolver::text("v=spf1 -all")));
  answer_nothing();
  EXPECT_TRUE(settled_);
  EXPECT_EQ(verdict(), "reject spf");
}

TEST_F(TransactionTest, does_not_wait_at_rcpt_for_what_cannot_decide_there) {
  begin(kDkimAbove);
  transaction_->add_recipient(*Address::parse("user@example.com"));
  settle(Phase::rcpt);
  EXPECT_TRUE(settled_) << "the rule above needs the message";
  EXPECT_EQ(verdict(), "open");
}

TEST_F(TransactionTest, does_not_wait_for_any_filter_when_the_client_decides) {
  begin(kClient);
  transaction_->add_recipient(*Address::parse("user@example.com"));
  settle(Phase::rcpt);
  EXPECT_TRUE(settled_);
  EXPECT_EQ(verdict(), "reject net");
  EXPECT_EQ(transaction_->judge_sender().rule, "net") << "known before there is a recipient";
}

TEST_F(TransactionTest, waits_for_all_at_the_end) {
  begin(kDkimAbove);
  transaction_->add_recipient(*Address::parse("user@example.com"));
  finish();
  EXPECT_FALSE(settled_);
  ASSERT_TRUE(resolver_.answer("a.example", FakeResolver::text("v=spf1 -all")));
  answer_nothing();
  EXPECT_TRUE(settled_);
  EXPECT_EQ(verdict(true), "reject spf");
}

TEST_F(TransactionTest, says_the_same_early_and_at_the_end) {
  begin(kClient);
  transaction_->add_recipient(*Address::parse("user@example.com"));
  const std::string early = verdict();
  finish();
  answer_nothing();
  EXPECT_EQ(verdict(true), early);
}

TEST_F(TransactionTest, forgets_its_questions_when_it_is_over) {
  begin(kSpf);
  transaction_.reset();
  ASSERT_TRUE(resolver_.answer("a.example", FakeResolver::text("v=spf1 include:next.example -all")));
  answer_nothing();
  EXPECT_EQ(std::ranges::count(resolver_.asked, "next.example"), 0) << "nobody is there to ask on";
}

}  // namespace
}  // namespace gateway::pipeline
