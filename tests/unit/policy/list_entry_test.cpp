// Entries compared with each other: which are the same, and which are within another.
#include "policy/list_entry.h"

#include <gtest/gtest.h>

#include "tests/support/named.h"

namespace {

using namespace policy;
using Kind = EntryList::Kind;

struct Case {
  std::string name;
  Kind kind;
  std::string one;
  std::string other;
  bool same;
  bool covers;  // one the other
};
POSTERN_NAMED(Case)

class ListEntries : public testing::TestWithParam<Case> {};

TEST_P(ListEntries, Compare) {
  const auto one = ListEntry::parse(GetParam().kind, GetParam().one);
  const auto other = ListEntry::parse(GetParam().kind, GetParam().other);
  ASSERT_TRUE(one && other);
  EXPECT_EQ(one->same(*other), GetParam().same);
  EXPECT_EQ(one->covers(*other), GetParam().covers);
  EXPECT_FALSE(one->covers(*one)) << "what is the same is not within";
  EXPECT_FALSE(other->covers(*one) && one->covers(*other));
}

INSTANTIATE_TEST_SUITE_P(
    Table, ListEntries,
    testing::Values(
        Case{"an address is its network", Kind::network, "192.0.2.1", "192.0.2.1/32", true, false},
        Case{"mapped", Kind::network, "::ffff:192.0.2.1", "192.0.2.1", true, false},
        Case{"host bits do not count", Kind::network, "192.0.2.77/24", "192.0.2.0/24", true, false},
        Case{"an address in a network", Kind::network, "192.0.2.0/24", "192.0.2.9", false, true},
        Case{"a network in a wider one", Kind::network, "10.0.0.0/8", "10.9.0.0/16", false, true},
        Case{"a wider network", Kind::network, "10.9.0.0/16", "10.0.0.0/8", false, false},
        Case{"everything", Kind::network, "0.0.0.0/0", "198.51.100.0/24", false, true},
        Case{"not of the other family", Kind::network, "0.0.0.0/0", "2001:db8::1", false, false},
        Case{"IPv6", Kind::network, "2001:db8::/32", "2001:db8:9::/48", false, true},
        Case{"a domain in any case", Kind::domain, "A.Example", "a.example.", true, false},
        Case{"a domain and its A-labels", Kind::domain, "bücher.example", "xn--bcher-kva.example", true,
             false},
        Case{"below", Kind::domain, "a.example", "mx.a.example", false, true},
        Case{"on label borders", Kind::domain, "a.example", "ba.example", false, false},
        Case{"above", Kind::domain, "mx.a.example", "a.example", false, false},
        Case{"an address of people", Kind::address, "Ann@A.example", "ann@a.example", true, false},
        Case{"all of a domain", Kind::address, "@a.example", "ann@a.example", false, true},
        Case{"not below it", Kind::address, "@a.example", "ann@mx.a.example", false, false},
        Case{"a domain is not in its address", Kind::address, "ann@a.example", "@a.example", false, false},
        Case{"another domain", Kind::address, "@a.example", "@b.example", false, false},
        Case{"names", Kind::name, "Zoë Exemplar", "exemplar zoe", true, false},
        Case{"texts", Kind::text, "Hello", "hELLO", true, false},
        Case{"part of a text", Kind::text, "hello", "hello you", false, false}),
    [](const auto& info) {
      std::string name = info.param.name;
      for (char& c : name)
        if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
      return name;
    });

TEST(ListEntries, WhatIsNotOfTheKindIsNone) {
  for (const char* text : {"", "a.example", "192.0.2.0/33", "192.0.2", "192.0.2.1 ", "1.2.3.4/"})
    EXPECT_FALSE(ListEntry::parse(Kind::network, text)) << text;
  for (const char* text : {"", ".", "a b", "ann@a.example", "192.0.2.0/24"})
    EXPECT_FALSE(ListEntry::parse(Kind::domain, text)) << text;
  for (const char* text : {"", "@", "a.example", "ann@", "@a b"})
    EXPECT_FALSE(ListEntry::parse(Kind::address, text)) << text;
}

}  // namespace
