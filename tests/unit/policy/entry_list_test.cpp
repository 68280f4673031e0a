// What is in a list, and what is not.
#include "policy/entry_list.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

#include "policy/facts/domain.h"
#include "policy/facts/text.h"
#include "tests/support/named.h"

namespace {

using namespace policy;
using Kind = EntryList::Kind;

struct Case {
  std::string name;
  Kind kind;
  std::vector<std::string> entries;
  std::vector<std::string> in;
  std::vector<std::string> not_in;
};
POSTERN_NAMED(Case)

Entries list_of(Kind kind, const std::vector<std::string>& entries) {
  EntryList::Maker maker(kind);
  for (const std::string& entry : entries) EXPECT_TRUE(maker.add(entry)) << entry;
  return maker.done();
}

class Lists : public testing::TestWithParam<Case> {};

TEST_P(Lists, Hold) {
  const Entries list = list_of(GetParam().kind, GetParam().entries);
  const auto has = [&](const std::string& one) {
    return GetParam().kind == Kind::network ? list->has(IpAddress::parse(one).value()) : list->has(one);
  };
  for (const std::string& one : GetParam().in) EXPECT_TRUE(has(one)) << one;
  for (const std::string& one : GetParam().not_in) EXPECT_FALSE(has(one)) << one;
}

INSTANTIATE_TEST_SUITE_P(
    Table, Lists,
    testing::Values(
        Case{"nothing", Kind::text, {}, {}, {"", "a"}},
        Case{"texts without case", Kind::text, {"Hello", ""}, {"hello", "HELLO", ""}, {"hell", "hello "}},
        Case{"a long text",
             Kind::text,
             {std::string(300, 'x')},
             {std::string(300, 'X')},
             {std::string(299, 'x')}},
        Case{"octets of any value",
             Kind::text,
             {std::string("a\0b", 3), "\xFF"},
             {std::string("A\0B", 3), "\xFF"},
             {"a"}},
        Case{"domains",
             Kind::domain,
             {"a.example", "bücher.example."},
             {"a.example", "A.EXAMPLE", "xn--bcher-kva.example"},
             {"b.a.example", "example"}},
        Case{"addresses",
             Kind::address,
             {"Bob@a.example"},
             {"bob@a.example"},
             {"alice@a.example", "bob@b.a.example"}},
        Case{"all of a domain",
             Kind::address,
             {"@A.example"},
             {"bob@a.example", "\"b@b\"@a.example"},
             {"bob@b.a.example", "a.example", "bob@example", ""}},
        Case{"names", Kind::name, {"José Díaz"}, {"DIAZ, Jose", "jose diaz"}, {"jose", "jose diaz jr"}},
        Case{"networks",
             Kind::network,
             {"192.0.2.0/24", "198.51.100.7", "10.0.0.0/8", "10.1.0.0/16", "2001:db8::/32", "2001:db8:1::/48",
              "::1"},
             {"192.0.2.0", "192.0.2.255", "198.51.100.7", "10.0.0.0", "10.1.2.3", "10.255.255.255",
              "2001:db8::", "2001:db8:1::9", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "::1",
              "::ffff:10.0.0.1"},
             {"192.0.1.255", "192.0.3.0", "198.51.100.6", "198.51.100.8", "9.255.255.255", "11.0.0.0",
              "2001:db7:ffff::", "2001:db9::", "::2"}},
        Case{"all of IPv4",
             Kind::network,
             {"0.0.0.0/0"},
             {"0.0.0.0", "255.255.255.255"},
             {"::1", "2001:db8::1"}},
        Case{"all of IPv6", Kind::network, {"::/0"}, {"::1", "ffff::"}, {"192.0.2.1"}}));

struct Wrong {
  std::string name;
  Kind kind;
};
POSTERN_NAMED(Wrong)
class WrongEntries : public testing::TestWithParam<Wrong> {};
TEST_P(WrongEntries, AreNotTaken) {
  EntryList::Maker maker(GetParam().kind);
  EXPECT_FALSE(maker.add(GetParam().name));
  EXPECT_TRUE(maker.done()->empty());
}
INSTANTIATE_TEST_SUITE_P(Table, WrongEntries,
                         testing::Values(Wrong{"a..example", Kind::domain}, Wrong{"", Kind::domain},
                                         Wrong{"bob", Kind::address}, Wrong{"@", Kind::address},
                                         Wrong{"@a..example", Kind::address}, Wrong{"a@b@c", Kind::address},
                                         Wrong{"192.0.2.0/33", Kind::network},
                                         Wrong{"192.0.2", Kind::network}, Wrong{"a.example", Kind::network}),
                         [](const auto& info) { return "n" + std::to_string(info.index); });

TEST(Lists, CoverWhatIsBelow) {
  const Entries list = list_of(Kind::domain, {"a.example", "org"});
  for (const std::string in : {"a.example", "b.a.example", "C.B.A.EXAMPLE", "org", "x.org"})
    EXPECT_TRUE(list->covers(in)) << in;
  for (const std::string out :
       {"", "example", "ba.example", "a.example.com", "org.example", "a.example.", ".", ".."})
    EXPECT_FALSE(list->covers(out)) << out;
  std::string deep;
  for (int i = 0; i < 60; ++i) deep += "a.";
  EXPECT_TRUE(list->covers(deep + "org"));
  EXPECT_FALSE(list->covers(deep + "net"));
}

TEST(Lists, AreLookedForWithinTexts) {
  const Entries list = list_of(Kind::text, {"Lottery", "bank details", "x"});
  for (const std::string in : {"lottery", "The LOTTERY!", "your Bank Details, please", "x", "axe"})
    EXPECT_TRUE(list->within(in)) << in;
  for (const std::string out : {"", "lotter", "bank  details", "ottery"})
    EXPECT_FALSE(list->within(out)) << out;
  EXPECT_TRUE(list_of(Kind::text, {""})->within("whatever"));
  EXPECT_FALSE(list_of(Kind::text, {})->within("whatever"));
}

// Against the containers of the library, with names that share much of each other.
TEST(Lists, AgreeWithPlainSets) {
  std::mt19937 random(4711);
  const auto label = [&] { return std::string(1 + random() % 2, static_cast<char>('a' + random() % 3)); };
  const auto domain = [&] {
    std::string name = label();
    for (unsigned i = random() % 4; i > 0; --i) name += "." + label();
    return name;
  };
  for (int round = 0; round < 50; ++round) {
    EntryList::Maker maker(Kind::domain);
    std::set<std::string> plain;
    for (unsigned i = random() % 200; i > 0; --i) {
      plain.insert(domain());
      EXPECT_TRUE(maker.add(*plain.rbegin()));
    }
    for (const std::string& one : plain) maker.add(one);
    const Entries list = maker.done();
    for (int i = 0; i < 500; ++i) {
      const std::string name = domain();
      ASSERT_EQ(list->has(name), plain.contains(name)) << name;
      bool covered = false;
      for (Domain up = Domain::parse(name).value(); !up.empty(); up = up.parent())
        covered = covered || plain.contains(up.text());
      ASSERT_EQ(list->covers(name), covered) << name;
      const bool within =
          std::ranges::any_of(plain, [&](const std::string& one) { return name.find(one) != name.npos; });
      ASSERT_EQ(list->within(name), within) << name;
    }
  }
}

// Enough of each length that many find their bucket full.
TEST(Lists, HoldManyTextsOfAnyLength) {
  std::mt19937 random(4711);
  const auto text = [&](unsigned longest) {
    std::string made(random() % longest, ' ');
    for (char& c : made) c = static_cast<char>(random() % 2 ? random() : 'a' + random() % 26);
    for (char& c : made) c = to_lower(c);
    return made;
  };
  for (const unsigned longest : {2u, 4u, 30u, 49u, 50u, 300u}) {
    EntryList::Maker maker(Kind::text);
    std::set<std::string> plain;
    for (int i = 0; i < 5000; ++i) {
      const std::string one = text(longest);
      plain.insert(one);
      EXPECT_TRUE(maker.add(one));
    }
    const Entries list = maker.done();
    for (const std::string& one : plain) ASSERT_TRUE(list->has(one)) << one;
    for (int i = 0; i < 5000; ++i) {
      const std::string one = text(longest);
      ASSERT_EQ(list->has(one), plain.contains(one)) << one;
    }
  }
}

TEST(Lists, AgreeWithPlainNetworks) {
  std::mt19937 random(4711);
  const auto address = [&](bool v4) {
    if (v4) return IpAddress::v4(0x0A000000u + static_cast<std::uint32_t>(random() % 4096));
    std::array<std::uint8_t, 16> octets{0x20, 0x01, 0x0d, 0xb8};
    octets[14] = static_cast<std::uint8_t>(random() % 4);
    octets[15] = static_cast<std::uint8_t>(random());
    return IpAddress::v6(octets);
  };
  for (int round = 0; round < 50; ++round) {
    EntryList::Maker maker(Kind::network);
    std::vector<Network> plain;
    for (unsigned i = random() % 60; i > 0; --i) {
      const bool v4 = random() % 2;
      plain.emplace_back(address(v4), (v4 ? 20 : 116) + static_cast<unsigned>(random() % 13));
      EXPECT_TRUE(maker.add(plain.back().text()));
    }
    const Entries list = maker.done();
    for (int i = 0; i < 500; ++i) {
      const IpAddress one = address(random() % 2);
      ASSERT_EQ(list->has(one),
                std::ranges::any_of(plain, [&](const Network& net) { return net.contains(one); }))
          << one.text();
    }
  }
}

TEST(Lists, OfAMillionDomainsAreSmall) {
  EntryList::Maker maker(Kind::domain);
  for (unsigned i = 0; i < 1'000'000; ++i) maker.add("host-" + std::to_string(i) + ".some-domain.example");
  EXPECT_LT(maker.done()->memory_bytes(), 100'000'000u);
}

}  // namespace
