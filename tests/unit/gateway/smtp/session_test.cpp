#include "gateway/smtp/session.h"

#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <functional>

#include "tests/support/desk_double.h"
#include "tests/support/named.h"
#include "tests/support/session_bench.h"
#include "tests/support/strict_desk.h"

namespace {

using gateway::IpAddress;
using support::DeskDouble;
using support::SessionBench;

const IpAddress kClient = *IpAddress::parse("192.0.2.7");
const std::string kEnvelope =
    "EHLO a.example\r\nMAIL FROM:<x@a.example>\r\nRCPT TO:<user@example.com>\r\nDATA\r\n";

TEST(Session, takes_a_message_and_answers_a_batch_at_once) {
  DeskDouble desk;
  SessionBench bench(SessionBench::settings(), desk, kClient);
  bench.start();
  EXPECT_EQ(bench.take(), "220 mx.example.com ESMTP Postern\r\n");
  const unsigned before = bench.wire().operations;
  bench.send(kEnvelope);
  bench.settle();
  EXPECT_TRUE(
      bench.take().ends_with("250 2.1.0 Sender OK\r\n250 2.1.5 Recipient OK\r\n"
                             "354 Go ahead, end with <CR><LF>.<CR><LF>\r\n"));
  EXPECT_EQ(bench.wire().operations - before, 2u) << "one read and one write";
  bench.send("Subject: hi\r\n\r\n..dots\r\n.\r\nQUIT\r\n");
  bench.settle();
  EXPECT_EQ(bench.take(),
            "250 2.0.0 Accepted as 0123456789AB\r\n221 2.0.0 mx.example.com closing connection\r\n");
  EXPECT_TRUE(bench.over());
  EXPECT_TRUE(bench.wire().closed);
  ASSERT_EQ(desk.record.messages.size(), 1u);
  EXPECT_EQ(desk.record.messages[0].text, "Subject: hi\r\n\r\n.dots\r\n");
  EXPECT_EQ(desk.record.messages[0].header, "Subject: hi\r\n");
}

TEST(Session, holds_no_input_block_while_it_waits) {
  DeskDouble desk;
  SessionBench bench(SessionBench::settings(), desk, kClient);
  bench.start();
  EXPECT_EQ(bench.blocks().lent(), 0u) << "behind the greeting";
  bench.send("EHLO a.exam");
  bench.settle();
  EXPECT_EQ(bench.blocks().lent(), 0u) << "in half a command";
  bench.send("ple\r\n" + kEnvelope.substr(kEnvelope.find("MAIL")));
  bench.settle();
  EXPECT_TRUE(bench.take().find("354 ") != std::string::npos);
  bench.send("Subject: hi\r");
  bench.settle();
  EXPECT_EQ(bench.blocks().lent(), 0u) << "in half a line of data";
  bench.send("\n\r\nab\r\n.\r\n");
  bench.settle();
  ASSERT_EQ(desk.record.messages.size(), 1u);
  EXPECT_EQ(desk.record.messages[0].text, "Subject: hi\r\n\r\nab\r\n");
}

const std::string kRecipient = "EHLO a.example\r\nMAIL FROM:<x@a.example>\r\nRCPT TO:<user@example.com>\r\n";

TEST(Session, takes_pipelined_chunks_and_answers_them_at_once) {
  DeskDouble desk;
  SessionBench bench(SessionBench::settings(), desk, kClient);
  bench.start();
  bench.take();
  const unsigned before = bench.wire().operations;
  bench.send(kRecipient + "BDAT 3\r\na: BDAT 3\r\nb\r\nBDAT 0 LAST\r\nNOOP\r\n");
  bench.settle();
  EXPECT_TRUE(
      bench.take().ends_with("250 2.0.0 3 octets received\r\n250 2.0.0 3 octets received\r\n"
                             "250 2.0.0 Accepted as 0123456789AB\r\n250 2.0.0 OK\r\n"));
  EXPECT_EQ(bench.wire().operations - before, 2u) << "one read and one write";
  ASSERT_EQ(desk.record.messages.size(), 1u);
  EXPECT_EQ(desk.record.messages[0].text, "a: b\r\n");
}

TEST(Session, a_message_that_may_not_begin_does_not_begin_with_its_second_chunk) {
  DeskDouble desk;
  desk.behaviour.data = gateway::smtp::Reply(451, "3.0", "later");
  SessionBench bench(SessionBench::settings(), desk, kClient);
  bench.start();
  bench.send(kRecipient + "BDAT 6\r\nQUIT\r\n");
  bench.settle();
  EXPECT_TRUE(bench.take().ends_with("451 4.3.0 later\r\n"));
  desk.behaviour.data.reset();
  bench.send("BDAT 6 LAST\r\nQUIT\r\n");
  bench.settle();
  EXPECT_EQ(bench.take().substr(0, 9), "503 5.5.1");
  EXPECT_TRUE(desk.record.messages.empty());
  bench.send("MAIL FROM:<x@a.example>\r\nRCPT TO:<user@example.com>\r\nBDAT 1 LAST\r\na");
  bench.settle();
  EXPECT_TRUE(bench.take().ends_with("250 2.0.0 Accepted as 0123456789AB\r\n"));
  EXPECT_EQ(desk.record.messages.size(), 1u);
}

// A client that never hears the 250 sends the message again, and it is there twice.  RFC 5321 §4.5.3.2.6, RFC
// 1047
TEST(Session, trouble_later_in_a_batch_takes_no_promise_back) {
  support::StrictDesk desk;
  desk.manner.throws = {support::DeskCall::sender};
  desk.manner.spared = 5;  // the whole first transaction
  SessionBench bench(SessionBench::settings(), desk, kClient);
  bench.start();
  bench.send(kEnvelope);
  bench.settle();
  bench.take();
  bench.send("Subject: one\r\n\r\n.\r\nMAIL FROM:<x@a.example>\r\n");
  bench.settle();
  EXPECT_EQ(
      bench.take(),
      "250 2.0.0 the desk's answer #5\r\n421 4.3.0 mx.example.com internal trouble, try again later\r\n");
}

TEST(Session, last_words_do_not_begin_within_a_reply) {
  DeskDouble desk;
  SessionBench bench(SessionBench::settings(), desk, kClient);
  bench.start();
  bench.take();
  bench.wire().window = 10;
  bench.send("NOOP\r\n");
  bench.settle();
  EXPECT_EQ(bench.take(), "250 2.0.0 ");
  bench.wire().window = support::Wire::kBoundless;  // read on, unheard: the session still waits
  bench.pass(std::chrono::seconds(301));
  EXPECT_EQ(bench.take(), "OK\r\n421 4.4.2 mx.example.com waited too long, closing connection\r\n");
}

TEST(Session, a_message_in_chunks_is_finished_before_the_stop) {
  DeskDouble desk;
  SessionBench bench(SessionBench::settings(), desk, kClient);
  bench.start();
  bench.send(kRecipient + "BDAT 3\r\na: ");
  bench.settle();
  bench.session().finish();
  bench.settle();
  EXPECT_FALSE(bench.over());
  bench.take();
  bench.send("BDAT 1 LAST\r\nb");
  bench.settle();
  EXPECT_EQ(bench.take().substr(0, 56), "250 2.0.0 Accepted as 0123456789AB\r\n421 4.3.2 mx.example");
  EXPECT_TRUE(bench.over());
  EXPECT_EQ(desk.record.messages.size(), 1u);
}

// --- large messages beside others

struct Large : testing::Test {
  Large() {
    bench.start();
    bench.send(kEnvelope);
    bench.settle();
    bench.take();
    bench.send("Subject: hi\r\n\r\n");
    for (int i = 0; i < kLines; ++i) bench.send(std::string(998, 'x') + "\r\n");
  }
  static constexpr int kLines = 2000;
  DeskDouble desk;
  SessionBench bench{SessionBench::settings(), desk, kClient};
};

TEST_F(Large, let_others_of_the_loop_have_their_turn) {
  bench.send(".\r\n");
  int turns = 0;
  std::function<void()> other = [&] {
    if (!desk.record.messages.empty()) return;
    ++turns;
    gateway::asio::post(bench.loop(), other);
  };
  gateway::asio::post(bench.loop(), other);
  bench.settle();
  ASSERT_EQ(desk.record.messages.size(), 1u);
  EXPECT_EQ(desk.record.messages[0].text.size(), 15 + kLines * 1000u);
  EXPECT_GE(turns, 7) << "one for each quarter of a megabyte";
}

// The client never lets us wait for it, so the watch does not find the session waiting.
TEST_F(Large, end_with_the_time_of_the_session) {
  bench.loop().restart();
  while (bench.memory().taken() == 0) ASSERT_EQ(bench.loop().poll_one(), 1u);
  bench.pass(gateway::settings::Limits{}.session);
  EXPECT_EQ(bench.take(), "421 4.4.2 mx.example.com waited too long, closing connection\r\n");
  EXPECT_TRUE(bench.over());
  EXPECT_TRUE(desk.record.messages.empty());
}

// --- the pause before the greeting

struct Pause : testing::Test {
  Pause() : settings(SessionBench::settings()) { settings.listener.greeting_delay = std::chrono::seconds(5); }
  gateway::smtp::SessionSettings settings;
  DeskDouble desk;
};

TEST_F(Pause, lasts_at_least_as_long_as_asked) {
  SessionBench bench(settings, desk, kClient);
  bench.start();
  bench.pass(std::chrono::seconds(5));  // up to a second of them may be from before the connection
  EXPECT_EQ(bench.take(), "");
  bench.pass(std::chrono::seconds(1));
  EXPECT_EQ(bench.take().substr(0, 4), "220 ");
  EXPECT_FALSE(desk.record.client.early_talker);
}

TEST_F(Pause, leaves_the_time_for_commands_as_it_is) {
  SessionBench bench(settings, desk, kClient);
  bench.start();
  bench.pass(std::chrono::seconds(6));
  bench.take();
  bench.pass(settings.limits.command_wait - std::chrono::seconds(1));
  EXPECT_EQ(bench.take(), "");
  bench.pass(std::chrono::seconds(1));
  EXPECT_EQ(bench.take().substr(0, 9), "421 4.4.2");
}

TEST_F(Pause, is_over_with_the_first_octet) {
  SessionBench bench(settings, desk, kClient);
  bench.start();
  bench.send("E");
  bench.settle();
  EXPECT_EQ(bench.take().substr(0, 4), "220 ");
  EXPECT_TRUE(desk.record.client.early_talker);
}

TEST_F(Pause, reads_nothing_of_the_handshake_behind_a_proxy_header) {
  settings.listener.tls = gateway::settings::ListenerTls::implicit;
  settings.tls = SessionBench::certificate();
  settings.listener.proxy_from = {*gateway::Network::parse("192.0.2.0/24")};
  for (const std::string& header :
       {std::string("PROXY TCP4 198.51.100.7 192.0.2.25 4711 25\r\n"), std::string("PROXY UNKNOWN\r\n"),
        std::string("\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc6\x33\x64\x07\xc0\0\x02\x19\x12\x67\0\x19", 28)}) {
    SessionBench bench(settings, desk, kClient);
    bench.send(header + "hello");
    bench.start();
    EXPECT_EQ(bench.wire().left_to_tls, 5u) << header;
    EXPECT_TRUE(desk.record.client.early_talker) << "under TLS";
  }
}

// --- how it ended

TEST(SessionEnd, tells_what_was_said) {
  DeskDouble desk;
  SessionBench bench(SessionBench::settings(), desk, kClient);
  bench.start();
  bench.send("EHLO a.example\r\nFOO\r\nMAIL FROM:<x@a.example>\r\nquit\r\n");
  bench.settle();
  ASSERT_EQ(desk.record.ends.size(), 1u);
  const support::EndRecord& end = desk.record.ends.front();
  EXPECT_EQ(end.how, "quit");
  EXPECT_EQ(end.client, "192.0.2.7");
  EXPECT_EQ(end.commands, 4u);
  EXPECT_EQ(end.errors, 1u);
  EXPECT_EQ(end.last_command, "QUIT");
  EXPECT_EQ(end.last_reply, "221 2.0.0 mx.example.com closing connection");
}

TEST(SessionEnd, names_no_verb_of_the_clients_own) {
  DeskDouble desk;
  SessionBench bench(SessionBench::settings(), desk, kClient);
  bench.start();
  bench.send("EHLO a.example\r\n\x1b[31mFOO\r\n");
  bench.settle();
  bench.hang_up();
  bench.settle();
  ASSERT_EQ(desk.record.ends.size(), 1u);
  EXPECT_EQ(desk.record.ends.front().how, "closed");
  EXPECT_EQ(desk.record.ends.front().last_command, "?");
}

TEST(SessionEnd, of_several_lines_the_first_was_the_reply) {
  DeskDouble desk;
  SessionBench bench(SessionBench::settings(), desk, kClient);
  bench.start();
  bench.send("EHLO a.example\r\n");
  bench.settle();
  bench.hang_up();
  bench.settle();
  EXPECT_EQ(desk.record.ends.at(0).last_reply, "250 mx.example.com");
}

TEST(SessionEnd, gives_the_reason_of_a_failed_handshake) {
  auto settings = SessionBench::settings();
  settings.listener.tls = gateway::settings::ListenerTls::starttls;
  settings.tls = SessionBench::certificate();
  DeskDouble desk;
  SessionBench bench(settings, desk, kClient);
  bench.wire().tls_trouble = "no shared cipher";
  bench.start();
  bench.send("EHLO a.example\r\nSTARTTLS\r\n");
  bench.settle();
  EXPECT_TRUE(bench.over());
  EXPECT_EQ(desk.record.ends.at(0).how, "tls_failed");
  EXPECT_EQ(desk.record.ends.at(0).detail, "no shared cipher");
}

TEST(SessionEnd, of_a_handshake_before_the_greeting_too) {
  auto settings = SessionBench::settings();
  settings.listener.tls = gateway::settings::ListenerTls::implicit;
  settings.tls = SessionBench::certificate();
  DeskDouble desk;
  SessionBench bench(settings, desk, kClient);
  bench.wire().tls_trouble = "wrong version number";
  bench.start();
  EXPECT_EQ(desk.record.calls, std::vector<std::string>{"turned away tls_failed"});
  EXPECT_EQ(desk.record.ends.at(0).detail, "wrong version number");
}

struct Bug {
  std::string name;
  std::string call;
  std::string said;  // by the client
};
POSTERN_NAMED(Bug)

class InternalTrouble : public testing::TestWithParam<Bug> {};

TEST_P(InternalTrouble, is_a_421_and_a_record) {
  DeskDouble desk;
  desk.behaviour.throw_at = GetParam().call;
  SessionBench bench(SessionBench::settings(), desk, kClient);
  bench.start();
  bench.take();
  bench.send(GetParam().said);
  bench.settle();
  const std::string replies = bench.take();
  EXPECT_TRUE(replies.ends_with("421 4.3.0 mx.example.com internal trouble, try again later\r\n")) << replies;
  EXPECT_TRUE(bench.over());
  EXPECT_TRUE(bench.wire().closed);
  EXPECT_TRUE(desk.record.messages.empty());
  ASSERT_EQ(desk.record.ends.size(), 1u);
  EXPECT_EQ(desk.record.ends.front().how, "internal_trouble");
  EXPECT_EQ(desk.record.ends.front().detail, "the double was told to fail");
}

const std::string kToData = kEnvelope + "Subject: x\r\n\r\n.\r\n";

INSTANTIATE_TEST_SUITE_P(Table, InternalTrouble,
                         testing::Values(Bug{"at MAIL", "sender", kEnvelope},
                                         Bug{"at RCPT", "recipient", kEnvelope},
                                         Bug{"at DATA", "data", kEnvelope},
                                         Bug{"with the header", "header_complete", kToData},
                                         Bug{"with the message", "message", kToData}));

}  // namespace
