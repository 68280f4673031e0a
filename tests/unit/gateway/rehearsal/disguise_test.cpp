#include "gateway/rehearsal/disguise.h"

#include <gtest/gtest.h>

#include "gateway/rehearsal/toml_text.h"
#include "tests/support/named.h"

namespace gateway::rehearsal {
namespace {

const settings::Settings& settings() {
  static const settings::Settings ours = [] {
    settings::Settings with;
    with.local_domains = {*Domain::parse("firma.de")};
    return with;
  }();
  return ours;
}

TEST(Disguise, replaces_the_same_by_the_same) {
  Disguise disguise(settings());
  EXPECT_EQ(disguise.domain("bank.de"), "a.example");
  EXPECT_EQ(disguise.domain("other.org"), "b.example");
  EXPECT_EQ(disguise.domain("bank.de"), "a.example");
  EXPECT_EQ(disguise.domain("mail.bank.de"), "s1.a.example") << "below the other's";
  EXPECT_EQ(disguise.domain("x.mail.bank.de"), "s2.s1.a.example");
  EXPECT_EQ(disguise.domain("nas"), "host1");
  EXPECT_EQ(disguise.domain(""), "");
  EXPECT_EQ(disguise.address(*Address::parse("Erika.Muster@mail.bank.de")).text(), "user1@s1.a.example");
  EXPECT_EQ(disguise.address(*Address::parse("erika.muster@firma.de")).text(), "user1@firma.de");
  EXPECT_EQ(disguise.address(Address()).text(), "");
  EXPECT_EQ(disguise.ip(*IpAddress::parse("8.8.4.4")).text(), "192.0.2.1");
  EXPECT_EQ(disguise.ip(*IpAddress::parse("2600::1")).text(), "2001:db8::2");
  EXPECT_EQ(disguise.address(*Address::parse("x@[8.8.4.4]")).text(), "user2@[192.0.2.1]");
  EXPECT_EQ(disguise.text("Invoice 4711"), "text 1");
  EXPECT_EQ(disguise.text(""), "");
  EXPECT_EQ(disguise.host("MX.Bank.de"), "s3.a.example");
  EXPECT_EQ(disguise.host("[8.8.4.4]"), "text 2");
}

TEST(Disguise, leaves_what_is_nobodys_or_ours) {
  Disguise disguise(settings());
  for (const char* name : {"example.com", "a.example", "mx.firma.de", "x.test", "localhost"})
    EXPECT_EQ(disguise.domain(name), name);
  for (const char* ip : {"192.0.2.9", "203.0.113.1", "2001:db8::5", "127.0.0.1"})
    EXPECT_EQ(disguise.ip(*IpAddress::parse(ip)).text(), ip);
  EXPECT_EQ(disguise.address(*Address::parse("Postmaster@firma.de")).text(), "Postmaster@firma.de");
}

TEST(Disguise, keeps_what_it_is_told_to) {
  Disguise disguise(settings());
  const Address address = *Address::parse("Erika@bank.de");
  EXPECT_EQ(disguise.address(address).text(), "user1@a.example");
  EXPECT_EQ(disguise.replaced(), (std::vector<std::string>{"local erika", "domain bank.de"}));
  disguise.keep("domain bank.de");
  EXPECT_EQ(disguise.address(address).text(), "user1@bank.de");
  disguise.keep("local erika");
  EXPECT_EQ(disguise.address(address).text(), "Erika@bank.de");
  disguise.replace("domain bank.de");
  EXPECT_EQ(disguise.address(address).text(), "Erika@a.example");
  disguise.take_off();
  EXPECT_EQ(disguise.address(address).text(), "Erika@bank.de");
}

struct Case {
  std::string name;
  std::string text;
  std::string expected;
};
POSTERN_NAMED(Case)

class TomlText : public testing::TestWithParam<Case> {};

TEST_P(TomlText, IsSafe) { EXPECT_EQ(toml_text(GetParam().text), GetParam().expected); }

INSTANTIATE_TEST_SUITE_P(Table, TomlText,
                         testing::Values(Case{"plain", "hello", R"("hello")"},
                                         Case{"quotes", R"(a"b\c)", R"("a\"b\\c")"},
                                         Case{"umlaut", "ü", R"("ü")"},
                                         Case{"lines", "a\r\nb", R"("a\u000d\u000ab")"},
                                         Case{"escape", "\x1b[31m", R"("\u001b[31m")"},
                                         Case{"bidi control", "a\u202eb", R"("a\u202eb")"},
                                         Case{"no UTF-8", "a\xff", R"("a\\xff")"},
                                         Case{"NUL", std::string("a\0b", 3), R"("a\u0000b")"}));

}  // namespace
}  // namespace gateway::rehearsal
