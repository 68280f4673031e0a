#include "gateway/net/proxy_protocol.h"

#include <gtest/gtest.h>

#include "tests/support/named.h"

namespace {

using gateway::IpAddress;
using gateway::net::parse_proxy_header;
using State = gateway::net::ProxyHeader::State;

const std::string kSignature("\r\n\r\n\0\r\nQUIT\n", 12);

std::string v2(unsigned char command, unsigned char family, const std::string& rest) {
  std::string header = kSignature;
  header += static_cast<char>(command);
  header += static_cast<char>(family);
  header += static_cast<char>(rest.size() >> 8);
  header += static_cast<char>(rest.size() & 255);
  return header + rest;
}

const std::string kV4Block("\xc0\x00\x02\x07\xc6\x33\x64\x01\x12\x67\x00\x19", 12);
const std::string kV6Block = std::string("\x20\x01\x0d\xb8", 4) + std::string(11, '\0') + "\x07" +
                             std::string(16, '\0') + "\x12\x67" + std::string("\0\x19", 2);

struct Case {
  std::string name;
  std::string input;
  State state;
  std::string client = {};  // empty: none named
};
POSTERN_NAMED(Case)

class ProxyHeader : public testing::TestWithParam<Case> {};

TEST_P(ProxyHeader, is_read_and_what_follows_is_left) {
  const Case& row = GetParam();
  const auto header = parse_proxy_header(row.input + (row.state == State::complete ? "EHLO" : ""));
  ASSERT_EQ(header.state, row.state);
  if (row.state != State::complete) return;
  EXPECT_EQ(header.octets, row.input.size());
  EXPECT_EQ(header.client ? header.client->text() : "", row.client);
  if (header.client) EXPECT_EQ(header.port, 4711);
  for (std::size_t cut = 0; cut < row.input.size(); ++cut) {
    const std::string begun = row.input.substr(0, cut);
    EXPECT_EQ(parse_proxy_header(begun).state, State::incomplete) << "cut at " << cut;
    const std::size_t missing = gateway::net::proxy_header_missing(begun);
    EXPECT_TRUE(missing > 0 && missing <= row.input.size() - cut) << missing << " missing at " << cut;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, ProxyHeader,
    testing::Values(
        Case{"v1 IPv4", "PROXY TCP4 192.0.2.7 198.51.100.1 4711 25\r\n", State::complete, "192.0.2.7"},
        Case{"v1 IPv6", "PROXY TCP6 2001:db8::7 2001:db8::1 4711 25\r\n", State::complete, "2001:db8::7"},
        Case{"v1 mapped IPv4 is IPv4", "PROXY TCP6 ::ffff:192.0.2.7 ::1 4711 25\r\n", State::complete,
             "192.0.2.7"},
        Case{"v1 unknown", "PROXY UNKNOWN\r\n", State::complete},
        Case{"v1 unknown with addresses", "PROXY UNKNOWN ffff:: ffff:: 1 2\r\n", State::complete},
        Case{"v1 wrong family", "PROXY TCP4 2001:db8::7 2001:db8::1 1 2\r\n", State::malformed},
        Case{"v1 bad port", "PROXY TCP4 192.0.2.7 198.51.100.1 65536 25\r\n", State::malformed},
        Case{"v1 leading zero", "PROXY TCP4 192.0.2.7 198.51.100.1 0123 25\r\n", State::malformed},
        Case{"v1 two spaces", "PROXY TCP4  192.0.2.7 198.51.100.1 1 25\r\n", State::malformed},
        Case{"v1 a word missing", "PROXY TCP4 192.0.2.7 198.51.100.1 1\r\n", State::malformed},
        Case{"v1 a word too many", "PROXY TCP4 192.0.2.7 198.51.100.1 1 2 3\r\n", State::malformed},
        Case{"v1 no line end in 107 octets", "PROXY TCP4 " + std::string(96, '1'), State::malformed},
        Case{"v1 lower case", "proxy TCP4 192.0.2.7 198.51.100.1 1 2\r\n", State::malformed},
        Case{"v2 IPv4", v2(0x21, 0x11, kV4Block), State::complete, "192.0.2.7"},
        Case{"v2 IPv6", v2(0x21, 0x21, kV6Block), State::complete, "2001:db8::7"},
        Case{"v2 extensions are skipped", v2(0x21, 0x11, kV4Block + std::string("\x04\x00\x01x", 4)),
             State::complete, "192.0.2.7"},
        Case{"v2 local", v2(0x20, 0x00, ""), State::complete},
        Case{"v2 local with addresses", v2(0x20, 0x11, kV4Block), State::complete},
        Case{"v2 unspecified", v2(0x21, 0x00, "xx"), State::complete},
        Case{"v2 datagram", v2(0x21, 0x12, kV4Block), State::malformed},
        Case{"v2 block too short", v2(0x21, 0x11, "short"), State::malformed},
        Case{"v2 too long", v2(0x21, 0x11, std::string(4081, 'x')), State::malformed},
        Case{"v2 unknown version", v2(0x31, 0x11, kV4Block), State::malformed},
        Case{"v2 unknown command", v2(0x22, 0x11, kV4Block), State::malformed},
        Case{"an ordinary client", "EHLO a.example\r\n", State::malformed},
        Case{"garbage", std::string("\x16\x03\x01\x02", 4), State::malformed}));

}  // namespace
