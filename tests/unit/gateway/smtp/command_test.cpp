#include "gateway/smtp/command.h"

#include <gtest/gtest.h>

#include "tests/support/named.h"

namespace {

using namespace gateway::smtp;
using gateway::Envelope;

struct PathCase {
  std::string name;
  std::string argument;
  int code;          // 0: taken
  std::string text;  // the address as taken, or the enhanced code
};
POSTERN_NAMED(PathCase)

class SenderPath : public testing::TestWithParam<PathCase> {};

TEST_P(SenderPath, is_read) {
  const auto parsed = parse_sender(GetParam().argument, 50'000'000, {});
  if (const auto* reply = std::get_if<Reply>(&parsed)) {
    EXPECT_EQ(reply->code(), GetParam().code) << reply->text();
    EXPECT_EQ(reply->enhanced(), GetParam().text);
  } else {
    EXPECT_EQ(GetParam().code, 0);
    EXPECT_EQ(std::get<Envelope>(parsed).sender.text(), GetParam().text);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, SenderPath,
    testing::Values(
        PathCase{"plain", "FROM:<a@b.example>", 0, "a@b.example"}, PathCase{"null", "FROM:<>", 0, ""},
        PathCase{"any case", "from:<a@b.example>", 0, "a@b.example"},
        PathCase{"space behind the colon", "FROM: <a@b.example>", 0, "a@b.example"},
        PathCase{"quoted local part", "FROM:<\"a b\"@b.example>", 0, "\"a b\"@b.example"},
        PathCase{"bracket inside quotes", "FROM:<\"a>b\"@b.example>", 0, "\"a>b\"@b.example"},
        PathCase{"escaped quote", "FROM:<\"a\\\">\"@b.example>", 0, "\"a\\\">\"@b.example"},
        PathCase{"source route is ignored", "FROM:<@one.example,@two.example:a@b.example>", 0, "a@b.example"},
        PathCase{"address literal", "FROM:<a@[192.0.2.1]>", 0, "a@[192.0.2.1]"},
        PathCase{"SIZE and BODY", "FROM:<a@b.example> SIZE=1000 BODY=8BITMIME", 0, "a@b.example"},
        PathCase{"two spaces between", "FROM:<a@b.example>  SIZE=1", 0, "a@b.example"},
        PathCase{"UTF-8 with SMTPUTF8", "FROM:<ä@b.example> SMTPUTF8", 0, "ä@b.example"},
        PathCase{"UTF-8 without", "FROM:<ä@b.example>", 553, "5.6.7"},
        PathCase{"no brackets", "FROM:a@b.example", 501, "5.1.7"},
        PathCase{"no closing bracket", "FROM:<a@b.example", 501, "5.1.7"},
        PathCase{"quote not closed", "FROM:<\"a@b.example>", 501, "5.1.7"},
        PathCase{"nothing", "", 501, "5.1.7"}, PathCase{"another keyword", "TO:<a@b.example>", 501, "5.1.7"},
        PathCase{"route without an address", "FROM:<@one.example:>", 501, "5.1.7"},
        PathCase{"route without a colon", "FROM:<@one.example>", 501, "5.1.7"},
        PathCase{"bad route", "FROM:<@o ne.example:a@b.example>", 501, "5.1.7"},
        PathCase{"two at signs", "FROM:<a@b@c.example>", 501, "5.1.7"},
        PathCase{"comment", "FROM:<(any@legit.example)a@b.example>", 501, "5.1.7"},
        PathCase{"glued parameter", "FROM:<a@b.example>SIZE=1", 501, "5.1.7"},
        PathCase{"unknown parameter", "FROM:<a@b.example> FOO=1", 555, "5.5.4"},
        PathCase{"DSN is not offered", "FROM:<a@b.example> RET=FULL", 555, "5.5.4"},
        PathCase{"AUTH is not offered", "FROM:<a@b.example> AUTH=<>", 555, "5.5.4"},
        PathCase{"the same twice", "FROM:<a@b.example> SIZE=1 size=2", 501, "5.5.4"},
        PathCase{"size not a number", "FROM:<a@b.example> SIZE=1x", 501, "5.5.4"},
        PathCase{"negative size", "FROM:<a@b.example> SIZE=-1", 501, "5.5.4"},
        PathCase{"no size", "FROM:<a@b.example> SIZE", 501, "5.5.4"},
        PathCase{"empty size", "FROM:<a@b.example> SIZE=", 501, "5.5.4"},
        PathCase{"size at the limit", "FROM:<a@b.example> SIZE=50000000", 0, "a@b.example"},
        PathCase{"size beyond", "FROM:<a@b.example> SIZE=50000001", 552, "5.3.4"},
        PathCase{"size 2^64", "FROM:<a@b.example> SIZE=18446744073709551616", 552, "5.3.4"},
        PathCase{"unknown body", "FROM:<a@b.example> BODY=9BIT", 501, "5.5.4"},
        PathCase{"BINARYMIME is not offered", "FROM:<a@b.example> BODY=BINARYMIME", 555, "5.5.4"},
        PathCase{"REQUIRETLS is not offered", "FROM:<a@b.example> REQUIRETLS", 555, "5.5.4"},
        PathCase{"SMTPUTF8 with a value", "FROM:<a@b.example> SMTPUTF8=1", 501, "5.5.4"},
        PathCase{"equals sign alone", "FROM:<a@b.example> =", 501, "5.5.4"}));

class RecipientPath : public testing::TestWithParam<PathCase> {};

TEST_P(RecipientPath, is_read) {
  const auto parsed = parse_recipient(GetParam().argument, false, {});
  if (const auto* reply = std::get_if<Reply>(&parsed)) {
    EXPECT_EQ(reply->code(), GetParam().code) << reply->text();
    EXPECT_EQ(reply->enhanced(), GetParam().text);
  } else {
    EXPECT_EQ(GetParam().code, 0);
    EXPECT_EQ(std::get<Recipient>(parsed).address.text(), GetParam().text);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, RecipientPath,
    testing::Values(PathCase{"plain", "TO:<a@b.example>", 0, "a@b.example"},
                    PathCase{"bare postmaster", "TO:<Postmaster>", 0, "postmaster"},
                    PathCase{"route", "TO:<@relay.example:a@b.example>", 0, "a@b.example"},
                    PathCase{"percent stays a local part", "TO:<a%c.example@b.example>", 0,
                             "a%c.example@b.example"},
                    PathCase{"null recipient", "TO:<>", 501, "5.1.3"},
                    PathCase{"bare word", "TO:<user>", 501, "5.1.3"},
                    PathCase{"UTF-8 without SMTPUTF8", "TO:<ä@b.example>", 553, "5.6.7"},
                    PathCase{"DSN is not offered", "TO:<a@b.example> NOTIFY=NEVER", 555, "5.5.4"},
                    PathCase{"malformed parameter", "TO:<a@b.example> =x", 501, "5.5.4"}));

TEST(Command, envelope_keeps_the_parameters) {
  const auto parsed = parse_sender("FROM:<a@b.example> SIZE=77 body=8bitmime smtputf8", 1000, {});
  const auto& envelope = std::get<Envelope>(parsed);
  EXPECT_EQ(envelope.declared_bytes, 77u);
  EXPECT_TRUE(envelope.eight_bit);
  EXPECT_TRUE(envelope.smtputf8);
}

TEST(Command, what_is_offered_is_taken) {
  const Offers offers{.requiretls = true, .binary = true};
  const auto parsed = parse_sender("FROM:<a@b.example> RequireTLS BODY=binarymime", 1000, offers);
  const auto& envelope = std::get<Envelope>(parsed);
  EXPECT_TRUE(envelope.requiretls);
  EXPECT_TRUE(envelope.binary);
  EXPECT_FALSE(envelope.eight_bit);
  const auto refused = parse_sender("FROM:<a@b.example> REQUIRETLS=yes", 1000, offers);
  EXPECT_EQ(std::get<Reply>(refused).code(), 501);
}

struct LineCase {
  std::string name;
  std::string line;
  std::string verb;  // empty: refused
  std::string argument = {};
};
POSTERN_NAMED(LineCase)

class CommandLine : public testing::TestWithParam<LineCase> {};

TEST_P(CommandLine, is_split) {
  const auto command = parse_command(GetParam().line);
  ASSERT_EQ(command.has_value(), !GetParam().verb.empty());
  if (!command) return;
  EXPECT_EQ(command->verb, GetParam().verb);
  EXPECT_EQ(command->argument, GetParam().argument);
}

INSTANTIATE_TEST_SUITE_P(
    Table, CommandLine,
    testing::Values(LineCase{"verb alone", "QUIT", "QUIT"},
                    LineCase{"argument", "EHLO  a.example", "EHLO", "a.example"},
                    LineCase{"white space at the end", "DATA \t ", "DATA"},
                    LineCase{"UTF-8", "RCPT TO:<ä@b>", "RCPT", "TO:<ä@b>"}, LineCase{"nothing", "", ""},
                    LineCase{"blank", "   ", ""}, LineCase{"leading space", " QUIT", ""},
                    LineCase{"no letters", "4EHLO", ""}, LineCase{"NUL", std::string("NOOP a\0b", 8), ""},
                    LineCase{"tab inside", "MAIL\tFROM:<>", ""}, LineCase{"escape", "NOOP \x1b[0m", ""},
                    LineCase{"DEL", "NOOP \x7f", ""}, LineCase{"latin-1", "NOOP \xe9", ""},
                    LineCase{"overlong UTF-8", "NOOP \xc0\xae", ""}));

TEST(Command, hello_names) {
  for (const char* good : {"a", "mail.example.com", "[192.0.2.1]", "[IPv6:2001:db8::1]", "my_pc", "-"})
    EXPECT_TRUE(is_hello_name(good)) << good;
  for (const char* bad : {"", "a b", "a\tb", "ä.example", "a\x01"}) EXPECT_FALSE(is_hello_name(bad)) << bad;
  EXPECT_TRUE(is_hello_name(std::string(255, 'a')));
  EXPECT_FALSE(is_hello_name(std::string(256, 'a')));
}

}  // namespace
