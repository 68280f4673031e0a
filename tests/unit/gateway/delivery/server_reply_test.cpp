#include "gateway/delivery/server_reply.h"

#include <gtest/gtest.h>

#include "tests/support/named.h"

namespace gateway::delivery {
namespace {

struct Case {
  std::string name;
  std::string input;
  int code;  // 0: broken, -1: more is needed
  std::string enhanced;
  std::string text;
  std::string rest;
};
POSTERN_NAMED(Case)

class ServerReplyTest : public testing::TestWithParam<Case> {};

TEST_P(ServerReplyTest, IsReadInOnePieceAndOctetByOctet) {
  for (const std::size_t piece : {std::size_t{1}, std::size_t{1 << 20}}) {
    ReplyReader reader;
    ReplyReader::State state = ReplyReader::State::more;
    std::string rest;
    for (std::size_t at = 0; at < GetParam().input.size(); at += piece) {
      const std::string part = GetParam().input.substr(at, piece);
      std::string_view input = part;
      if (state == ReplyReader::State::more) state = reader.take(input);
      rest += input;
    }
    if (GetParam().code <= 0) {
      EXPECT_EQ(state, GetParam().code == 0 ? ReplyReader::State::broken : ReplyReader::State::more);
      continue;
    }
    ASSERT_EQ(state, ReplyReader::State::done);
    const ServerReply reply = reader.reply();
    EXPECT_EQ(reply.code, GetParam().code);
    EXPECT_EQ(reply.enhanced, GetParam().enhanced);
    EXPECT_EQ(reply.text(), GetParam().text);
    EXPECT_EQ(rest, GetParam().rest);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, ServerReplyTest,
    testing::Values(
        Case{"one line", "250 2.1.0 Ok\r\n", 250, "2.1.0", "Ok", ""},
        Case{"the next reply stays", "250 Ok\r\n354 go\r\n", 250, "", "Ok", "354 go\r\n"},
        Case{"several lines", "550-5.1.1 no\r\n550 5.1.1 such user\r\n", 550, "5.1.1", "no such user", ""},
        Case{"a code alone", "250\r\n", 250, "", "", ""},
        Case{"a code and a space", "250 \r\n", 250, "", "", ""},
        Case{"a lone newline ends a line too", "250 Ok\n", 250, "", "Ok", ""},
        Case{"an enhanced code of another class is text", "450 5.1.1 x\r\n", 450, "", "5.1.1 x", ""},
        Case{"an address is no enhanced code", "250 2.1.0.7 x\r\n", 250, "", "2.1.0.7 x", ""},
        Case{"four digits are no enhanced code", "250 2.1.1234 x\r\n", 250, "", "2.1.1234 x", ""},
        Case{"only a beginning", "250-Ok\r\n250", -1, "", "", ""},
        Case{"codes that differ", "250-Ok\r\n251 Ok\r\n", 0, "", "", ""},
        Case{"a code below 200", "100 x\r\n", 0, "", "", ""},
        Case{"a code above 599", "600 x\r\n", 0, "", "", ""}, Case{"no code", "Hello\r\n", 0, "", "", ""},
        Case{"an empty line", "\r\n", 0, "", "", ""}, Case{"another separator", "250_Ok\r\n", 0, "", "", ""},
        Case{"a line without end", std::string(5000, '2'), 0, "", "", ""},
        Case{"lines without end",
             [] {
               std::string lines;
               for (int i = 0; i < 1000; ++i) lines += "250-x\r\n";
               return lines;
             }(),
             0, "", "", ""},
        Case{"long lines without end",
             [] {
               std::string lines;
               for (int i = 0; i < 30; ++i) lines += "250-" + std::string(4000, 'x') + "\r\n";
               return lines;
             }(),
             0, "", "", ""}));

}  // namespace
}  // namespace gateway::delivery
