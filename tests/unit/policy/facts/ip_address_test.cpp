#include "policy/facts/ip_address.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>

namespace policy {
namespace {

TEST(IpAddress, Ipv4IsWrittenAsTheSystemWritesIt) {
  for (unsigned octet = 0; octet < 256; ++octet)
    for (unsigned place = 0; place < 4; ++place) {
      const std::uint32_t host_order = 0xff000963u ^ (octet << (8 * place));
      const in_addr address{.s_addr = htonl(host_order)};
      char expected[INET_ADDRSTRLEN] = {};
      ASSERT_NE(inet_ntop(AF_INET, &address, expected, sizeof expected), nullptr);
      EXPECT_EQ(IpAddress::v4(host_order).text(), expected);
    }
  EXPECT_EQ(IpAddress().text(), "0.0.0.0");
  EXPECT_EQ(IpAddress::v4(0xffffffff).text(), "255.255.255.255");
}

TEST(IpAddress, Ipv6IsWrittenInItsShortForm) {
  for (const char* text : {"::", "::1", "2001:db8::1", "2001:db8:1:2:3:4:5:6", "fe80::1:0:0:1"})
    EXPECT_EQ(IpAddress::parse(text)->text(), text);
  EXPECT_EQ(IpAddress::parse("2001:DB8:0:0:0:0:0:1")->text(), "2001:db8::1");
  EXPECT_EQ(IpAddress::parse("::ffff:192.0.2.7")->text(), "192.0.2.7");
}

}  // namespace
}  // namespace policy
