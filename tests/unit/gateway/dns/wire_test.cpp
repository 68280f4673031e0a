#include "gateway/dns/wire.h"

#include <gtest/gtest.h>

#include "tests/support/named.h"

namespace gateway::dns {
namespace {

using enum RecordType;
using namespace std::string_literals;

struct Data {
  std::string name;
  RecordType type;
  std::string data;
  std::string expected;  // "malformed", or what was read
};
POSTERN_NAMED(Data)

class RecordData : public testing::TestWithParam<Data> {};

TEST_P(RecordData, IsReadWithinBounds) {
  const auto record = read_record(GetParam().type, GetParam().data);
  std::string read = "malformed";
  if (record)
    read = GetParam().type == a || GetParam().type == aaaa ? record->address.text()
           : GetParam().type == mx ? std::to_string(record->preference) + " " + record->text
                                   : record->text;
  EXPECT_EQ(read, GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Table, RecordData,
    testing::Values(Data{"ipv4", a, "\xc0\x00\x02\x01"s, "192.0.2.1"},
                    Data{"three octets of ipv4", a, "\xc0\x00\x02"s, "malformed"},
                    Data{"five octets of ipv4", a, "\xc0\x00\x02\x01\x00"s, "malformed"},
                    Data{"ipv6", aaaa, "\x20\x01\x0d\xb8"s + std::string(11, '\0') + "\x01", "2001:db8::1"},
                    Data{"fifteen octets of ipv6", aaaa, std::string(15, 'x'), "malformed"},
                    Data{"no octets at all", a, "", "malformed"},
                    Data{"mail host, upper case", mx,
                         "\x00\x0a\x02MX\x01"
                         "a\x00"s,
                         "10 mx.a"},
                    Data{"null mx", mx, "\x00\x00\x00"s, "0 "},
                    Data{"mx without a name", mx, "\x00\x0a"s, "malformed"},
                    Data{"strings are joined", txt,
                         "\x02"
                         "ab\x00\x01"
                         "c"s,
                         "abc"},
                    Data{"any octet", txt, "\x03\x00\xff."s, "\x00\xff."s},
                    Data{"empty text", txt, "\x00"s, ""}, Data{"no string at all", txt, "", ""},
                    Data{"a string longer than the data", txt,
                         "\x02"
                         "a"s,
                         "malformed"},
                    Data{"a long text", txt, "\xff"s + std::string(255, 'x') + "\xff" + std::string(255, 'y'),
                         std::string(255, 'x') + std::string(255, 'y')},
                    Data{"a name", ptr,
                         "\x01"
                         "a\x07"
                         "EXAMPLE\x00"s,
                         "a.example"},
                    Data{"the root", cname, "\x00"s, ""},
                    Data{"a name that does not end", ptr,
                         "\x01"
                         "a"s,
                         "malformed"},
                    Data{"a label longer than the data", ptr,
                         "\x05"
                         "a\x00"s,
                         "malformed"},
                    Data{"octets behind the name", ptr,
                         "\x01"
                         "a\x00x"s,
                         "malformed"},
                    Data{"a compression pointer", ptr, "\xc0\x0c"s, "malformed"},
                    Data{"a dot in a label", ptr,
                         "\x03"
                         "a.b\x00"s,
                         "malformed"},
                    Data{"a name too long", ptr,
                         [] {
                           std::string name;
                           for (int i = 0; i < 127; ++i) name += "\x02xx"s;
                           return name + '\0';
                         }(),
                         "malformed"},
                    Data{"no name", ptr, "", "malformed"},
                    Data{"tlsa", tlsa, "\x03\x01\x01\xab\xcd"s, "3 1 1 abcd"},
                    Data{"a short tlsa", tlsa, "\x03\x01\x01"s, "malformed"}));

TEST(DnsName, IsWrittenForMasterFiles) {
  EXPECT_EQ(presentation("_dmarc.a-1.example"), "_dmarc.a-1.example.");
  EXPECT_EQ(presentation(""), ".");
  EXPECT_EQ(presentation("a b\\.\"\x00\xff@"s.substr(0, 9)), "a\\032b\\092.\\034\\000\\255\\064.");
}

struct Name {
  std::string name;
  std::string text;
  bool valid;
};
POSTERN_NAMED(Name)

class DnsNames : public testing::TestWithParam<Name> {};
TEST_P(DnsNames, Valid) { EXPECT_EQ(valid_name(GetParam().text), GetParam().valid); }

INSTANTIATE_TEST_SUITE_P(Table, DnsNames,
                         testing::Values(Name{"ordinary", "a.example", true}, Name{"root", "", true},
                                         Name{"root as dot", ".", true},
                                         Name{"final dot", "a.example.", true},
                                         Name{"two final dots", "a..", false}, Name{"first dot", ".a", false},
                                         Name{"any octets", "\x01\xff .a", true},
                                         Name{"label of 63", std::string(63, 'x'), true},
                                         Name{"label of 64", std::string(64, 'x') + ".a", false},
                                         Name{"253 in all",
                                              std::string(61, 'x') + "." + std::string(63, 'x') + "." +
                                                  std::string(63, 'x') + "." + std::string(63, 'x'),
                                              true},
                                         Name{"254 in all",
                                              std::string(62, 'x') + "." + std::string(63, 'x') + "." +
                                                  std::string(63, 'x') + "." + std::string(63, 'x'),
                                              false}));

TEST(ReplyHead, IsThatOfAnAnswer) {
  const std::string answer("\x12\xfe\x81\x85\x00\x01\x00\x00\x00\x00\x00\x00rest", 16);
  const auto head = read_reply_head(answer);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->id, 0x12fe);
  EXPECT_EQ(head->rcode, 5u);
  EXPECT_EQ(head->from_question, "rest");
  EXPECT_FALSE(read_reply_head(answer.substr(0, 11)));
  std::string question = answer;
  question[2] = '\x01';
  EXPECT_FALSE(read_reply_head(question));
}

TEST(WireName, IsReadBackAsTheSame) {
  EXPECT_EQ(wire_name(""), std::string(1, '\0'));
  const std::string longest = std::string(63, 'x') + ".example";
  for (const std::string& name : {std::string("a"), std::string("_dmarc.x-y.example"), longest}) {
    const auto record = read_record(RecordType::ptr, wire_name(name));
    ASSERT_TRUE(record) << name;
    EXPECT_EQ(record->text, name);
    EXPECT_EQ(wire_name(name + "."), wire_name(name));
  }
}

}  // namespace
}  // namespace gateway::dns
