// Addresses as names: RFC 1035 §3.5, RFC 3596 §2.5, RFC 5782 §2.1, §2.4
#include "filters/names/reverse_name.h"

#include <gtest/gtest.h>

namespace filters::names {
namespace {

IpAddress ip(std::string_view text) { return IpAddress::parse(text).value(); }

TEST(ReverseName, HasTheOctetsFromTheLastToTheFirst) {
  EXPECT_EQ(reversed(ip("192.0.2.1")), "1.2.0.192");
  EXPECT_EQ(reversed(ip("0.10.200.255")), "255.200.10.0");
}

TEST(ReverseName, HasTheNibblesOfAnIpv6Address) {
  EXPECT_EQ(reversed(ip("2001:db8:1:2:3:4:567:89ab")),
            "b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2");
}

TEST(ReverseName, IsThatOfIpv4ForAMappedAddress) { EXPECT_EQ(reversed(ip("::ffff:192.0.2.1")), "1.2.0.192"); }

TEST(ReverseName, StandsInTheTreeOfItsFamily) {
  EXPECT_EQ(reverse_question(ip("192.0.2.1")), DnsQuestion("1.2.0.192.in-addr.arpa", RecordType::ptr));
  EXPECT_EQ(reverse_question(ip("2001:db8::1")),
            DnsQuestion("1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
                        RecordType::ptr));
}

}  // namespace
}  // namespace filters::names
