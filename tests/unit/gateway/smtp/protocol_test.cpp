#include "gateway/smtp/protocol.h"

#include <gtest/gtest.h>

#include "gateway/smtp/replies.h"
#include "tests/support/named.h"

namespace {

using namespace gateway::smtp;
using gateway::settings::ListenerTls;

// What a protocol answers to a line: the reply, with "close " before it, or the name of the step.
struct Speaker {
  explicit Speaker(Protocol::Options options) : protocol(std::move(options)) {}

  std::string operator()(const Say& say) const { return say.reply.text(); }
  std::string operator()(const Close& close) const { return "close " + close.reply.text(); }
  std::string operator()(const Hello& hello) const { return hello.reply.text(); }
  std::string operator()(const Reset& reset) const { return reset.reply.text(); }
  std::string operator()(const AskSender& ask) {
    return std::visit(*this, Step(Say{std::get<Say>(protocol.sender_answered(ask.envelope, sender)).reply}));
  }
  std::string operator()(const AskRecipient&) {
    const Answer answer = protocol.recipient_answered(recipient, verdict);
    if (const auto* close = std::get_if<Close>(&answer)) return (*this)(*close);
    return (*this)(std::get<Say>(answer));
  }
  std::string operator()(const AskData&) {
    protocol.data_ended();
    return "data";
  }
  std::string operator()(const TakeChunk& take) {
    if (take.last) protocol.data_ended();
    return (take.last ? "last " : "take ") + std::to_string(take.octets);
  }
  std::string operator()(const SkipChunk& skip) const {
    return "skip " + std::to_string(skip.octets) + (skip.ends ? " ends " : " ") + skip.say.reply.text();
  }
  std::string operator()(const BeginTls&) {
    protocol.restart(true);
    return "tls";
  }
  std::string operator()(const Impersonate&) { return "xclient"; }

  std::string say(std::string_view line, Line::Fault fault = Line::Fault::none) {
    Step step = protocol.on_line(Line{fault, line});
    return std::visit([this](auto& s) { return (*this)(s); }, step);
  }

  Protocol protocol;
  Reply sender = replies::sender_accepted();
  Reply recipient = replies::recipient_accepted();
  bool verdict = false;
};

Protocol::Options options() {
  Protocol::Options options;
  options.host = "mx.example.com";
  options.limits.message_size = 1000;
  return options;
}

const std::string kHello = "EHLO a.example";
const std::string kMail = "MAIL FROM:<x@a.example>";
const std::string kRcpt = "RCPT TO:<user@example.com>";

struct Case {
  std::string name;
  std::vector<std::string> before;
  std::string line;
  std::string answer;  // its beginning
};
POSTERN_NAMED(Case)

class Order : public testing::TestWithParam<Case> {};

TEST_P(Order, is_kept) {
  Speaker speaker(options());
  for (const std::string& line : GetParam().before) speaker.say(line);
  const std::string answer = speaker.say(GetParam().line);
  EXPECT_EQ(answer.substr(0, GetParam().answer.size()), GetParam().answer) << answer;
}

INSTANTIATE_TEST_SUITE_P(
    Table, Order,
    testing::Values(
        Case{"EHLO first",
             {},
             kHello,
             "250 mx.example.com PIPELINING SIZE 1000 8BITMIME SMTPUTF8 ENHANCEDSTATUSCODES CHUNKING LIMITS "
             "RCPTMAX=100 HELP"},
        Case{"HELO", {}, "HELO a", "250 mx.example.com"}, Case{"verbs in any case", {}, "hElO a", "250 "},
        Case{"EHLO without a name", {}, "EHLO", "501 5.5.2"},
        Case{"EHLO two names", {}, "EHLO a b", "501 5.5.2"}, Case{"MAIL before EHLO", {}, kMail, "503 5.5.1"},
        Case{"MAIL", {kHello}, kMail, "250 2.1.0"}, Case{"MAIL twice", {kHello, kMail}, kMail, "503 5.5.1"},
        Case{"MAIL in RCPT state", {kHello, kMail, kRcpt}, kMail, "503 5.5.1"},
        Case{"RCPT before MAIL", {kHello}, kRcpt, "503 5.5.1"},
        Case{"RCPT", {kHello, kMail}, kRcpt, "250 2.1.5"},
        Case{"DATA before MAIL", {kHello}, "DATA", "503 5.5.1"},
        Case{"DATA before RCPT", {kHello, kMail}, "DATA", "503 5.5.1"},
        Case{"DATA", {kHello, kMail, kRcpt}, "DATA", "data"},
        Case{"DATA with an argument", {kHello, kMail, kRcpt}, "DATA now", "501 5.5.4"},
        Case{"a second transaction", {kHello, kMail, kRcpt, "DATA"}, kMail, "250 2.1.0"},
        Case{"RCPT after the end of data", {kHello, kMail, kRcpt, "DATA"}, kRcpt, "503 5.5.1"},
        Case{"RSET ends the transaction", {kHello, kMail, kRcpt, "RSET"}, "DATA", "503 5.5.1"},
        Case{"RSET keeps the greeting", {kHello, kMail, "RSET"}, kMail, "250 2.1.0"},
        Case{"RSET before EHLO changes nothing", {"RSET"}, kMail, "503 5.5.1"},
        Case{"EHLO ends the transaction", {kHello, kMail, kHello}, kRcpt, "503 5.5.1"},
        Case{"a malformed EHLO does not", {kHello, kMail, "EHLO"}, kRcpt, "250 2.1.5"},
        Case{"NOOP with text", {}, "NOOP anything", "250 2.0.0"}, Case{"VRFY", {}, "VRFY user", "252 2.1.5"},
        Case{"VRFY without a name", {}, "VRFY", "501 5.5.4"}, Case{"HELP", {}, "HELP me", "214 2.0.0"},
        Case{"QUIT", {}, "QUIT", "close 221 2.0.0"},
        Case{"QUIT with an argument", {}, "QUIT now", "501 5.5.4"},
        Case{"EXPN", {}, "EXPN list", "502 5.5.1"}, Case{"AUTH", {kHello}, "AUTH PLAIN AAAA", "502 5.5.1"},
        Case{"unknown", {}, "GET / HTTP/1.1", "500 5.5.2"},
        Case{"STARTTLS where it is off", {kHello}, "STARTTLS", "502 5.5.1"},
        Case{"XCLIENT from a stranger", {kHello}, "XCLIENT ADDR=192.0.2.1", "550 5.7.0"},
        Case{"declared too big", {kHello}, kMail + " SIZE=1001", "552 5.3.4"},
        Case{"UTF-8 recipient", {kHello, kMail + " SMTPUTF8"}, "RCPT TO:<ä@example.com>", "250 2.1.5"},
        Case{"UTF-8 recipient without SMTPUTF8", {kHello, kMail}, "RCPT TO:<ä@example.com>", "553 5.6.7"}));

INSTANTIATE_TEST_SUITE_P(
    Bdat, Order,
    testing::Values(
        Case{"chunk", {kHello, kMail, kRcpt}, "BDAT 5", "take 5"},
        Case{"last chunk", {kHello, kMail, kRcpt}, "bdat 5 last", "last 5"},
        Case{"zero", {kHello, kMail, kRcpt}, "BDAT 0", "take 0"},
        Case{"zero and last", {kHello, kMail, kRcpt, "BDAT 5"}, "BDAT 0 LAST", "last 0"},
        Case{"leading zeros", {kHello, kMail, kRcpt}, "BDAT 0000000000000000000000000007 LAST", "last 7"},
        Case{"spaces between", {kHello, kMail, kRcpt}, "BDAT   5   LAST  ", "last 5"},
        Case{"a second message", {kHello, kMail, kRcpt, "BDAT 5 LAST"}, kMail, "250 2.1.0"},
        Case{"behind LAST", {kHello, kMail, kRcpt, "BDAT 5 LAST"}, "BDAT 5", "skip 5 503 5.5.1 MAIL first"},
        Case{"before EHLO", {}, "BDAT 5", "skip 5 503 5.5.1 Say EHLO"},
        Case{"before MAIL", {kHello}, "BDAT 5", "skip 5 503 5.5.1 MAIL first"},
        Case{"before RCPT", {kHello, kMail}, "BDAT 5 LAST", "skip 5 503 5.5.1 RCPT first"},
        Case{"again before RCPT",
             {kHello, kMail, "BDAT 5"},
             "BDAT 6 LAST",
             "skip 6 503 5.5.1 The message was"},
        Case{"a message later, before RCPT",
             {kHello, kMail, "BDAT 5", "BDAT 6 LAST"},
             "BDAT 7",
             "skip 7 503 5.5.1 RCPT first"},
        Case{"RCPT after all", {kHello, kMail, "BDAT 5", kRcpt}, "BDAT 5 LAST", "last 5"},
        Case{"MAIL between chunks", {kHello, kMail, kRcpt, "BDAT 5"}, kMail, "503 5.5.1"},
        Case{"RCPT between chunks", {kHello, kMail, kRcpt, "BDAT 5"}, kRcpt, "503 5.5.1 Between"},
        Case{"DATA between chunks", {kHello, kMail, kRcpt, "BDAT 5"}, "DATA", "503 5.5.1 Between"},
        Case{"STARTTLS between chunks", {kHello, kMail, kRcpt, "BDAT 5"}, "STARTTLS", "503 5.5.1"},
        Case{"they change nothing", {kHello, kMail, kRcpt, "BDAT 5", "DATA"}, "BDAT 5", "take 5"},
        Case{"BDAT after DATA", {kHello, kMail, kRcpt, "DATA"}, "BDAT 5", "skip 5 503 5.5.1"},
        Case{"RSET between chunks", {kHello, kMail, kRcpt, "BDAT 5", "RSET"}, "BDAT 5", "skip 5 503 5.5.1"},
        Case{"EHLO between chunks", {kHello, kMail, kRcpt, "BDAT 5", kHello}, kMail, "250 2.1.0"},
        Case{"NOOP between chunks", {kHello, kMail, kRcpt, "BDAT 5", "NOOP"}, "BDAT 5", "take 5"},
        Case{"no number", {kHello, kMail, kRcpt}, "BDAT", "skip 0 ends 501 5.5.4"},
        Case{"no number, out of order", {}, "BDAT ", "skip 0 503 5.5.1"},
        Case{"not LAST", {kHello, kMail, kRcpt}, "BDAT 5 FIRST", "skip 5 ends 501 5.5.4"},
        Case{"LAST and more", {kHello, kMail, kRcpt}, "BDAT 5 LAST x", "skip 5 ends 501 5.5.4"},
        Case{"two numbers", {kHello, kMail, kRcpt}, "BDAT 1 0 LAST", "skip 1 ends 501 5.5.4"},
        Case{"a chunk lost spoils the message",
             {kHello, kMail, kRcpt, "BDAT 5", "BDAT 5 FIRST"},
             "BDAT 5 LAST",
             "skip 5 503 5.5.1 The message was"},
        Case{"negative", {kHello, kMail, kRcpt}, "BDAT -1", "close 501 5.5.4"},
        Case{"positive", {kHello, kMail, kRcpt}, "BDAT +1", "close 501 5.5.4"},
        Case{"hexadecimal", {kHello, kMail, kRcpt}, "BDAT 0x10", "close 501 5.5.4"},
        Case{"fraction", {kHello, kMail, kRcpt}, "BDAT 1.5", "close 501 5.5.4"},
        Case{"a word", {kHello, kMail, kRcpt}, "BDAT LAST", "close 501 5.5.4"},
        Case{"2^63", {kHello, kMail, kRcpt}, "BDAT 9223372036854775808", "close 552 5.3.4"},
        Case{"2^64-1", {kHello, kMail, kRcpt}, "BDAT 18446744073709551615", "close 552 5.3.4"},
        Case{"2^64", {kHello, kMail, kRcpt}, "BDAT 18446744073709551616", "close 501 5.5.4"},
        Case{"2^64+5", {kHello, kMail, kRcpt}, "BDAT 18446744073709551621 LAST", "close 501 5.5.4"},
        Case{"2^64-1 behind another",
             {kHello, kMail, kRcpt, "BDAT 5"},
             "BDAT 18446744073709551615",
             "close 552"},
        Case{"2^63, out of order", {}, "BDAT 9223372036854775808", "close 552 5.3.4"},
        Case{"2^64+5, out of order", {}, "BDAT 18446744073709551621", "close 501 5.5.4"},
        Case{"as much as may be", {kHello, kMail, kRcpt}, "BDAT 1000 LAST", "last 1000"},
        Case{"an octet more", {kHello, kMail, kRcpt}, "BDAT 1001 LAST", "skip 1001 ends 552 5.3.4"},
        Case{"all in all as much as may be", {kHello, kMail, kRcpt, "BDAT 600"}, "BDAT 400 LAST", "last 400"},
        Case{"all in all an octet more",
             {kHello, kMail, kRcpt, "BDAT 600"},
             "BDAT 401",
             "skip 401 ends 552 5.3.4"},
        Case{"said once",
             {kHello, kMail, kRcpt, "BDAT 1001"},
             "BDAT 5 LAST",
             "skip 5 503 5.5.1 The message was"},
        Case{"the next message counts anew",
             {kHello, kMail, kRcpt, "BDAT 600", "RSET", kMail, kRcpt},
             "BDAT 1000",
             "take 1000"},
        Case{"MAIL behind a refused chunk", {kHello, kMail, kRcpt, "BDAT 1001"}, kMail, "250 2.1.0"},
        Case{"as much as is swallowed", {kHello}, "BDAT 263144", "skip 263144 503"},
        Case{"an octet more than is swallowed", {kHello}, "BDAT 263145", "close 552 5.3.4"},
        Case{"all in all more than is swallowed", {kHello, "BDAT 200000"}, "BDAT 63145", "close 552 5.3.4"}));

TEST(Protocol, chunks_of_a_refused_message_are_no_errors) {
  Speaker speaker(options());
  speaker.say(kHello);
  speaker.say(kMail);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(speaker.say("BDAT 5").substr(0, 10), "skip 5 503");
  EXPECT_EQ(speaker.say("NONSENSE").substr(0, 3), "500");
  EXPECT_EQ(speaker.say("RSET").substr(0, 3), "250");
  for (int i = 0; i < 8; ++i) EXPECT_EQ(speaker.say("BDAT 5 LAST").substr(0, 10), "skip 5 503");
  EXPECT_EQ(speaker.say("BDAT 5 LAST").substr(0, 9), "close 421") << "but messages out of order are";
}

TEST(Protocol, nothing_wraps_where_messages_have_no_limit) {
  auto boundless = options();
  boundless.limits.message_size = ~std::uint64_t{0};
  Speaker speaker(boundless);
  for (const std::string& line : {kHello, kMail, kRcpt}) speaker.say(line);
  EXPECT_EQ(speaker.say("BDAT 5"), "take 5");
  EXPECT_EQ(speaker.say("BDAT 18446744073709551610"), "take 18446744073709551610");
  EXPECT_EQ(speaker.say("BDAT 1").substr(0, 15), "skip 1 ends 552");
  EXPECT_EQ(speaker.say("BDAT 18446744073709551614").substr(0, 29), "skip 18446744073709551614 503");
  EXPECT_EQ(speaker.say("BDAT 1").substr(0, 9), "close 552");
}

TEST(Protocol, empty_chunks_bring_no_message_nearer) {
  Speaker speaker(options());
  for (const std::string& line : {kHello, kMail, kRcpt}) speaker.say(line);
  for (int i = 0; i < 99; ++i) EXPECT_EQ(speaker.say("BDAT 0"), "take 0");
  EXPECT_EQ(speaker.say("BDAT 0").substr(0, 15), "close 421 4.7.0");
}

TEST(Protocol, chunks_wait_for_tls_and_a_welcome) {
  auto required = options();
  required.tls = ListenerTls::required;
  Speaker bare(required);
  bare.say(kHello);
  EXPECT_EQ(bare.say("BDAT 5").substr(0, 16), "skip 5 530 5.7.0");
  Speaker refused(options());
  refused.protocol.refuse();
  EXPECT_EQ(refused.say("BDAT 5").substr(0, 16), "skip 5 503 5.5.1");
}

TEST(Protocol, an_unreadable_BDAT_hides_where_the_next_command_is) {
  for (const auto fault : {Line::Fault::none, Line::Fault::bare_newline})
    EXPECT_EQ(Speaker(options()).say("bdat 5\tLAST", fault).substr(0, 15), "close 500 5.5.2");
}

TEST(Protocol, spoiled_lines) {
  Speaker speaker(options());
  EXPECT_EQ(speaker.say("", Line::Fault::too_long).substr(0, 9), "500 5.5.2");
  EXPECT_EQ(speaker.say("QUIT", Line::Fault::bare_newline).substr(0, 9), "500 5.5.2");
  EXPECT_EQ(speaker.say("").substr(0, 9), "500 5.5.2");
}

TEST(Protocol, starttls) {
  auto with_tls = options();
  with_tls.tls = ListenerTls::starttls;
  Speaker speaker(with_tls);
  EXPECT_NE(speaker.say(kHello).find("STARTTLS"), std::string::npos);
  EXPECT_EQ(speaker.say("STARTTLS x").substr(0, 9), "501 5.5.4");
  speaker.say(kMail);
  EXPECT_EQ(speaker.say("STARTTLS").substr(0, 9), "503 5.5.1");
  speaker.say("RSET");
  EXPECT_EQ(speaker.say("STARTTLS"), "tls");
  EXPECT_EQ(speaker.say(kMail).substr(0, 9), "503 5.5.1") << "nothing learnt before survives";
  EXPECT_EQ(speaker.say(kHello).find("STARTTLS"), std::string::npos);
  EXPECT_EQ(speaker.say("STARTTLS").substr(0, 9), "503 5.5.1");
}

TEST(Protocol, tls_required) {
  auto required = options();
  required.tls = ListenerTls::required;
  Speaker speaker(required);
  EXPECT_EQ(speaker.say(kHello).substr(0, 4), "250 ");
  for (const std::string& line :
       {kMail, kRcpt, std::string("DATA"), std::string("VRFY x"), std::string("RSET")})
    EXPECT_EQ(speaker.say(line).substr(0, 9), "530 5.7.0") << line;
  EXPECT_EQ(speaker.say("NOOP").substr(0, 9), "250 2.0.0");
  EXPECT_EQ(speaker.say("STARTTLS"), "tls");
  speaker.say(kHello);
  EXPECT_EQ(speaker.say(kMail).substr(0, 9), "250 2.1.0");
}

TEST(Protocol, refused_connection_may_only_quit) {
  Speaker speaker(options());
  speaker.protocol.refuse();
  for (const std::string& line : {kHello, kMail, std::string("NOOP"), std::string("nonsense")})
    EXPECT_EQ(speaker.say(line).substr(0, 9), "503 5.5.1") << line;
  EXPECT_EQ(speaker.say("QUIT").substr(0, 9), "close 221");
}

TEST(Protocol, ten_errors_are_answered_and_then_it_closes) {
  Speaker speaker(options());
  for (int i = 0; i < 10; ++i) EXPECT_EQ(speaker.say("NONSENSE").substr(0, 3), "500");
  EXPECT_EQ(speaker.say("NONSENSE").substr(0, 15), "close 421 4.7.0");
}

TEST(Protocol, refused_recipients) {
  Speaker speaker(options());
  speaker.say(kHello);
  speaker.say(kMail);
  speaker.recipient = Reply(450, "7.1", "later");
  for (int i = 0; i < 150; ++i) EXPECT_EQ(speaker.say(kRcpt).substr(0, 3), "450");
  EXPECT_EQ(speaker.say(kRcpt).substr(0, 9), "452 4.5.3");  // as many as a transaction remembers
  speaker.say("RSET");
  speaker.say(kMail);
  speaker.recipient = Reply(550, "7.23", "by a rule");
  speaker.verdict = true;
  for (int i = 0; i < 150; ++i) EXPECT_EQ(speaker.say(kRcpt).substr(0, 3), "550");
  EXPECT_EQ(speaker.say(kRcpt).substr(0, 9), "452 4.5.3");
  speaker.say("RSET");
  speaker.say(kMail);
  speaker.recipient = Reply(550, "1.1", "unknown");
  speaker.verdict = false;
  for (int i = 0; i < 50; ++i) EXPECT_EQ(speaker.say(kRcpt).substr(0, 3), "550");
  EXPECT_EQ(speaker.say(kRcpt).substr(0, 15), "close 421 4.7.0");
}

TEST(Protocol, recipients_of_a_transaction) {
  Speaker speaker(options());
  speaker.say(kHello);
  for (int round = 0; round < 2; ++round) {  // the count begins anew
    speaker.say(kMail);
    for (int i = 0; i < 100; ++i) EXPECT_EQ(speaker.say(kRcpt).substr(0, 3), "250");
    EXPECT_EQ(speaker.say(kRcpt).substr(0, 9), "452 4.5.3");
    EXPECT_EQ(speaker.say("DATA"), "data");
  }
}

TEST(Protocol, idle_commands) {
  Speaker speaker(options());
  speaker.say(kHello);
  for (int i = 0; i < 99; ++i) EXPECT_EQ(speaker.say("NOOP").substr(0, 3), "250");
  EXPECT_EQ(speaker.say("NOOP").substr(0, 15), "close 421 4.7.0");

  Speaker busy(options());
  busy.say(kHello);
  for (int i = 0; i < 300; ++i) {  // one RSET for each message is a habit, not idleness
    EXPECT_EQ(busy.say("RSET").substr(0, 3), "250");
    busy.say(kMail);
    busy.say(kRcpt);
    EXPECT_EQ(busy.say("DATA"), "data");
  }
}

}  // namespace
