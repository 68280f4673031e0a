#include "gateway/smtp/session.h"

#include <gtest/gtest.h>

#include "tests/support/desk_double.h"
#include "tests/support/session_bench.h"

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

}  // namespace
