#include "gateway/smtp/reply.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace {

using gateway::smtp::Reply;

std::string wire(const Reply& reply) {
  std::string text;
  reply.append_to(text);
  return text;
}

TEST(Reply, class_of_the_enhanced_code_follows_the_code) {
  EXPECT_EQ(wire(Reply(550, "7.26", "no")), "550 5.7.26 no\r\n");
  EXPECT_EQ(wire(Reply(450, "7.26", "no")), "450 4.7.26 no\r\n");
  EXPECT_EQ(Reply(250, "1.0", "ok").enhanced(), "2.1.0");
  EXPECT_EQ(Reply(354, "", "go").enhanced(), "");
}

TEST(Reply, several_lines) {
  EXPECT_EQ(wire(Reply(250, {"mx.example.com", "PIPELINING", "HELP"})),
            "250-mx.example.com\r\n250-PIPELINING\r\n250 HELP\r\n");
  EXPECT_EQ(wire(Reply(250, std::vector<std::string>{})), "250 \r\n");
}

TEST(Reply, text_never_breaks_a_line) {
  EXPECT_EQ(wire(Reply(550, "1.1", "a\r\n250 ok\x1b[0m\xc3\xa4")), "550 5.1.1 a  250 ok [0m??\r\n");
  EXPECT_EQ(Reply(550, "1.1", "a\nb").text(), "550 5.1.1 a b");
}

TEST(Reply, no_line_is_longer_than_512_octets) {
  for (const std::string detail : {"", "0.0", "999.999"})
    for (std::size_t size = 480; size <= 530; ++size) {
      const std::string text(size, 'x');
      const std::string sent = wire(Reply(451, detail, text));
      const std::string codes = detail.empty() ? "451 " : "451 4." + detail + " ";
      ASSERT_EQ(std::count(sent.begin(), sent.end(), '\n'), codes.size() + size + 2 <= 512 ? 1 : 2) << size;
      std::string joined;
      for (std::size_t at = 0; at < sent.size();) {
        const std::size_t end = sent.find("\r\n", at);
        ASSERT_LE(end + 2 - at, 512u) << size << " " << detail;
        joined += sent.substr(at + codes.size(), end - at - codes.size());
        at = end + 2;
      }
      ASSERT_EQ(joined, text);
    }
  EXPECT_EQ(wire(Reply(354, "", "")), "354 \r\n");
  EXPECT_EQ(wire(Reply(250, "0.0", "")), "250 2.0.0 \r\n");
  EXPECT_EQ(wire(Reply(250, {"one"})), "250 one\r\n");
}

TEST(Reply, long_text_is_wrapped_at_a_space) {
  std::string text;
  for (int i = 0; i < 200; ++i) text += "word ";
  text += std::string(700, 'x');
  const std::string sent = wire(Reply(554, "6.0", text));
  std::string joined;
  for (std::size_t at = 0; at < sent.size();) {
    const std::size_t end = sent.find("\r\n", at);
    ASSERT_LE(end + 2 - at, 512u);
    ASSERT_EQ(sent.substr(at, 3), "554");
    ASSERT_EQ(sent[at + 3], end + 2 == sent.size() ? ' ' : '-');
    ASSERT_EQ(sent.substr(at + 4, 6), "5.6.0 ");
    joined += sent.substr(at + 10, end - at - 10);
    at = end + 2;
  }
  std::erase(joined, ' ');
  std::erase(text, ' ');
  EXPECT_EQ(joined, text);
}

}  // namespace
