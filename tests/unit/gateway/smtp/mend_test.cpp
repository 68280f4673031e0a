#include "gateway/smtp/mend.h"

#include <gtest/gtest.h>

#include "tests/support/named.h"

namespace {

struct Case {
  std::string name;
  std::string line;
  std::string mended;
};
POSTERN_NAMED(Case)

class Mended : public testing::TestWithParam<Case> {};

TEST_P(Mended, is_what_was_meant) {
  const std::string once = gateway::smtp::mended(GetParam().line);
  EXPECT_EQ(once, GetParam().mended);
  EXPECT_EQ(gateway::smtp::mended(once), once) << "mended twice";
}

INSTANTIATE_TEST_SUITE_P(
    Table, Mended,
    testing::Values(
        Case{"strict lines stay", "MAIL FROM:<x@a.example> SIZE=5 BODY=7BIT",
             "MAIL FROM:<x@a.example> SIZE=5 BODY=7BIT"},
        Case{"null sender stays", "MAIL FROM:<>", "MAIL FROM:<>"},
        Case{"route stays", "RCPT TO:<@a.example:x..y@b.example>", "RCPT TO:<@a.example:x..y@b.example>"},
        Case{"quotes stay", "MAIL FROM:<\"a>..b\"@a.example.>", "MAIL FROM:<\"a>..b\"@a.example.>"},
        Case{"no brackets", "mail from:x@a.example size=5", "mail FROM:<x@a.example> size=5"},
        Case{"no brackets, a space", "RCPT TO: x@a.example", "RCPT TO:<x@a.example>"},
        Case{"no path", "MAIL FROM:", "MAIL FROM:"},
        Case{"bracket not closed", "MAIL FROM:<x@a.example SIZE=5", "MAIL FROM:<x@a.example SIZE=5"},
        Case{"another keyword", "MAIL TO:x@a.example", "MAIL TO:x@a.example"},
        Case{"dots", "MAIL FROM:<.x..y.@a.example>", "MAIL FROM:<\".x..y.\"@a.example>"},
        Case{"root dot", "MAIL FROM:<x@a.example.>", "MAIL FROM:<x@a.example>"},
        Case{"two at signs stay two", "RCPT TO:x@a.example@b.example.", "RCPT TO:<x@a.example@b.example>"},
        Case{"a list stays one", "RCPT TO:x@a.example,y@b.example", "RCPT TO:<x@a.example,y@b.example>"},
        Case{"tabs", "\tNOOP\t", "NOOP"}, Case{"argument of DATA", "data now", "data"},
        Case{"argument of VRFY", "VRFY  a b", "VRFY a b"}, Case{"no name", "EHLO", "EHLO ?"},
        Case{"two names", "HELO my computer", "HELO my?computer"}, Case{"Latin-1", "EHLO b\xfc", "EHLO b?"},
        Case{"control octets stay", std::string("EHLO a\0\x1b", 8), std::string("EHLO a\0\x1b", 8)},
        Case{"endless name", "EHLO " + std::string(2000, 'x'), "EHLO " + std::string(255, 'x')},
        Case{"nothing", "", ""}, Case{"unknown", "GET / HTTP/1.1", "GET / HTTP/1.1"}));

}  // namespace
