// Addresses with ports, servers and networks as the configuration writes them.

#include "gateway/settings/endpoint.h"

#include <gtest/gtest.h>

#include "tests/support/named.h"

namespace gateway::settings {
namespace {

struct Case {
  std::string name;
  std::string text;
  std::string comes_to;  // the endpoint's text, or part of the error
  bool fine = true;
  std::optional<std::uint16_t> port = std::nullopt;  // by default
};
POSTERN_NAMED(Case)

class ReadEndpoint : public testing::TestWithParam<Case> {};

TEST_P(ReadEndpoint, ReadsOrSaysWhatIsWrong) {
  const auto read = parse_endpoint(GetParam().text, PortZero::refused, GetParam().port);
  ASSERT_EQ(read.has_value(), GetParam().fine);
  if (read)
    EXPECT_EQ(read->text(), GetParam().comes_to);
  else
    EXPECT_NE(read.error().text().find(GetParam().comes_to), std::string::npos) << read.error().text();
}

INSTANTIATE_TEST_SUITE_P(
    Table, ReadEndpoint,
    testing::Values(Case{"IPv4", "192.0.2.1:25", "192.0.2.1:25"},
                    Case{"IPv6", "[2001:DB8::1]:25", "[2001:db8::1]:25"},
                    Case{"any IPv6", "[::]:25", "[::]:25"},
                    Case{"IPv4 mapped is IPv4", "[::ffff:192.0.2.1]:25", "192.0.2.1:25"},
                    Case{"a default port", "192.0.2.1", "192.0.2.1:53", true, 53},
                    Case{"a default port, bare IPv6", "2001:db8::1", "[2001:db8::1]:53", true, 53},
                    Case{"a default port, IPv6 in brackets", "[2001:db8::1]", "[2001:db8::1]:53", true, 53},
                    Case{"a port beside the default", "[2001:db8::1]:5353", "[2001:db8::1]:5353", true, 53},
                    Case{"no port", "192.0.2.1", "lacks a port", false},
                    Case{"no port, IPv6", "[::1]", "lacks a port", false},
                    Case{"no brackets", "2001:db8::1:25", "the brackets around", false},
                    Case{"brackets around IPv4", "[192.0.2.1]:25", "has brackets around IPv4", false},
                    Case{"a name", "localhost:25", "is no IP address", false},
                    Case{"only a port", ":25", "is no IP address", false},
                    Case{"port zero", "192.0.2.1:0", "has no port from 1 to 65535", false},
                    Case{"a port too large", "192.0.2.1:65536", "has no port", false},
                    Case{"an empty port", "192.0.2.1:", "has no port", false},
                    Case{"a port with a tail", "192.0.2.1:25x", "has no port", false},
                    Case{"an open bracket", "[::1:25", "is no address with a port", false},
                    Case{"octets after the bracket", "[::1]25", "is no address with a port", false},
                    Case{"a zone", "[fe80::1%eth0]:25", "is no IP address", false},
                    Case{"empty", "", "is no IP address", false}));

TEST(ReadEndpointPort, MayBeLeftToTheSystem) {
  EXPECT_EQ(parse_endpoint("127.0.0.1:0", PortZero::allowed)->text(), "127.0.0.1:0");
}

class CheckServer : public testing::TestWithParam<Case> {};

TEST_P(CheckServer, TakesHostsWithPorts) {
  const auto error = check_server(GetParam().text);
  ASSERT_EQ(!error.has_value(), GetParam().fine) << error->text();
  if (error) EXPECT_NE(error->text().find(GetParam().comes_to), std::string::npos) << error->text();
}

INSTANTIATE_TEST_SUITE_P(
    Table, CheckServer,
    testing::Values(Case{"a name", "mail.example.com:25", ""}, Case{"a short name", "mailstore:24", ""},
                    Case{"an address", "10.0.0.5:25", ""}, Case{"IPv6", "[2001:db8::1]:25", ""},
                    Case{"no port", "mail.example.com", "lacks a port", false},
                    Case{"an address that is none", "10.0.0.256:25", "names no host", false},
                    Case{"IPv6 without brackets", "2001:db8::1", "lacks the brackets", false},
                    Case{"a name in brackets", "[mail]:25", "has no IPv6 address in brackets", false},
                    Case{"port zero", "mail:0", "has no port", false},
                    Case{"a space", "ma il:25", "names no host", false},
                    Case{"a URL", "smtp://mail:25", "names no host", false},
                    Case{"empty", "", "names no host", false}));

class ReadNetwork : public testing::TestWithParam<Case> {};

TEST_P(ReadNetwork, ReadsOrSaysWhatIsWrong) {
  const auto read = parse_network(GetParam().text);
  ASSERT_EQ(read.has_value(), GetParam().fine);
  if (read)
    EXPECT_EQ(read->text(), GetParam().comes_to);
  else
    EXPECT_NE(read.error().text().find(GetParam().comes_to), std::string::npos) << read.error().text();
}

INSTANTIATE_TEST_SUITE_P(Table, ReadNetwork,
                         testing::Values(Case{"IPv4", "192.0.2.0/24", "192.0.2.0/24"},
                                         Case{"IPv6", "2001:db8::/32", "2001:db8::/32"},
                                         Case{"bits beyond the prefix", "192.0.2.1/24",
                                              "did you mean 192.0.2.0/24", false},
                                         Case{"a name", "example.com", "is no network", false},
                                         Case{"a prefix too long", "192.0.2.0/33", "is no network", false}));

}  // namespace
}  // namespace gateway::settings
