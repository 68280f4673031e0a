// What a client may call itself.  RFC 5321 §4.1.1.1, §4.1.2, §4.1.3
#include "filters/helo/helo_name.h"

#include <gtest/gtest.h>

#include "tests/support/named.h"

namespace filters::helo {
namespace {

struct Row {
  std::string name;
  std::string said;
  bool valid;
  std::string domain = "";
  std::string address = "";
};
POSTERN_NAMED(Row)

class HeloName : public testing::TestWithParam<Row> {};

TEST_P(HeloName, IsRead) {
  const Row& row = GetParam();
  const auto name = read_helo_name(row.said);
  EXPECT_EQ(name.valid, row.valid);
  EXPECT_EQ(name.domain ? name.domain->text() : "", row.domain);
  EXPECT_EQ(name.address ? name.address->text() : "", row.address);
}

INSTANTIATE_TEST_SUITE_P(
    Table, HeloName,
    testing::Values(
        Row{"a domain", "mx.a.example", true, "mx.a.example"},
        Row{"in capitals", "MX.A.Example", true, "mx.a.example"},
        Row{"A-labels", "xn--mller-kva.example", true, "xn--mller-kva.example"},
        Row{"U-labels", "m\u00fcller.example", true, "xn--mller-kva.example"},
        Row{"a label of digits", "163.example", true, "163.example"},
        Row{"a hyphen inside", "mx-1.a--b.example", true, "mx-1.a--b.example"},
        Row{"no dot", "localhost", false}, Row{"nothing", "", false}, Row{"a dot", ".", false},
        Row{"the root's dot", "mx.a.example.", false, "mx.a.example"},
        Row{"an empty label", "mx..example", false}, Row{"a dot in front", ".a.example", false},
        Row{"a hyphen in front", "-mx.a.example", false, "-mx.a.example"},
        Row{"a hyphen at the end of a label", "mx-.a.example", false, "mx-.a.example"},
        Row{"an underscore", "my_host.a.example", false, "my_host.a.example"},
        Row{"a slash", "mx/1.a.example", false}, Row{"a space", "mx a.example", false},
        Row{"NUL", std::string("mx\0.example", 11), false}, Row{"a colon", "mx.a.example:25", false},
        Row{"a long label", std::string(64, 'a') + ".example", false},
        Row{"a label of 63", std::string(63, 'a') + ".example", true, std::string(63, 'a') + ".example"},
        Row{"a long name",
            std::string(62, 'a') + "." + std::string(63, 'b') + "." + std::string(63, 'c') + "." +
                std::string(62, 'd') + ".e",
            false},
        Row{"a last label of digits", "mx.example.25", false},
        Row{"an address without its brackets", "192.0.2.1", false, "", "192.0.2.1"},
        Row{"an IPv6 address without its brackets", "2001:db8::1", false, "", "2001:db8::1"},
        Row{"an address literal", "[192.0.2.1]", true, "", "192.0.2.1"},
        Row{"an IPv6 literal", "[IPv6:2001:db8::1]", true, "", "2001:db8::1"},
        Row{"its tag in small letters", "[ipv6:2001:db8::1]", true, "", "2001:db8::1"},
        Row{"an IPv6 literal without its tag", "[2001:db8::1]", false},
        Row{"an IPv4 literal with a tag", "[IPv6:192.0.2.1]", false},
        Row{"a mapped literal is IPv4", "[IPv6:::ffff:192.0.2.1]", true, "", "192.0.2.1"},
        Row{"another tag", "[X400:c=de]", false}, Row{"a domain in brackets", "[mx.a.example]", false},
        Row{"three octets", "[192.0.2]", false}, Row{"an octet too large", "[192.0.2.256]", false},
        Row{"an octet with a zero in front", "[192.0.02.1]", false}, Row{"brackets alone", "[]", false},
        Row{"an open bracket", "[192.0.2.1", false}, Row{"spaces in brackets", "[ 192.0.2.1 ]", false}));

}  // namespace
}  // namespace filters::helo
