// Whom a client counts as, and which parts of a sender's address are the same the next time.
#include "filters/greylist/identity.h"

#include <gtest/gtest.h>

#include <array>

#include "policy/facts/base_facts.h"

#include "filters/spf/spf_filter.h"
#include "tests/support/named.h"
#include "tests/support/policy_bench.h"

namespace filters::greylist {
namespace {

const Vocabulary& vocabulary() {
  static constexpr FactSpec kNames[] = {
      {"client.name", Type::domain, Phase::connect, Owner::session, "confirmed name"}};
  static const std::array groups{Vocabulary::Group{"", policy::base_facts(), true},
                                 Vocabulary::Group{"rdns", kNames, true},
                                 Vocabulary::Group{"spf", spf::facts(), true}};
  static const Vocabulary made(groups);
  return made;
}

struct Who {
  std::string name;
  std::string facts, ip, key;
};
POSTERN_NAMED(Who)

class GreylistIdentity : public testing::TestWithParam<Who> {};

TEST_P(GreylistIdentity, is) {
  const Who& row = GetParam();
  Facts facts(vocabulary());
  support::set_facts(facts, row.facts);
  EXPECT_EQ(identity_of(facts, IpAddress::parse(row.ip).value()).key, row.key);
}

const Who kWho[] = {
    {"the domain that SPF passes for",
     "spf.mailfrom=pass; spf.domain=news.a.example; client.name=mx.b.example", "192.0.2.1",
     "spf news.a.example"},
    {"the registered domain of the confirmed name",
     "spf.mailfrom=none; spf.domain=a.example; client.name=out3.mx.b.co.uk", "192.0.2.1", "name b.co.uk"},
    {"the name where SPF was in trouble", "spf.mailfrom=!timeout; client.name=mx.b.example", "192.0.2.1",
     "name b.example"},
    {"the network without either", "spf.mailfrom=softfail; spf.domain=a.example; client.name=", "192.0.2.77",
     "net 192.0.2.0/24"},
    {"the /64 of IPv6", "spf.mailfrom=fail; spf.domain=a.example", "2001:db8:1:2:3::4",
     "net 2001:db8:1:2::/64"},
    {"the network where the name is made of the address",
     "spf.mailfrom=none; client.name=host-2-77.dyn.isp.example", "192.0.2.77", "net 192.0.2.0/24"},
    {"the network where the names are not known", "spf.mailfrom=none; client.name=!timeout", "192.0.2.77",
     "net 192.0.2.0/24"},
    {"nobody's domain is no domain", "spf.mailfrom=pass; spf.domain=", "192.0.2.77", "net 192.0.2.0/24"},
};
INSTANTIATE_TEST_SUITE_P(Table, GreylistIdentity, testing::ValuesIn(kWho));

struct NameRow {
  std::string name, ip;
  bool made;
};
POSTERN_NAMED(NameRow)

class GreylistNameOfAddress : public testing::TestWithParam<NameRow> {};

TEST_P(GreylistNameOfAddress, is_known) {
  EXPECT_EQ(is_made_of_address(GetParam().name, IpAddress::parse(GetParam().ip).value()), GetParam().made);
}

const NameRow kNames[] = {
    {"192-0-2-77.isp.example", "192.0.2.77", true},
    {"77.2.dyn.isp.example", "192.0.2.77", true},
    {"ip192.000.002.077.isp.example", "192.0.2.77", true},
    {"cc00024d.isp.example", "192.0.2.77", true},
    {"mx77.a.example", "192.0.2.77", false},
    {"mail2.a.example", "192.0.2.77", false},
    {"out-177-2.a.example", "192.0.2.77", false},
    {"mail.a.example", "192.0.2.77", false},
    {"0.0.isp.example", "10.0.0.0", true},
    {"p2001db8000000000000000000001234.isp.example", "2001:db8::1234", true},
    {"mx1.a.example", "2001:db8::1234", false},
    {"", "192.0.2.77", false},
};
INSTANTIATE_TEST_SUITE_P(Table, GreylistNameOfAddress, testing::ValuesIn(kNames));

struct SenderRow {
  std::string name, folded;
};
POSTERN_NAMED(SenderRow)

class GreylistSender : public testing::TestWithParam<SenderRow> {};

TEST_P(GreylistSender, is_folded) {
  EXPECT_EQ(folded_sender(Address::odd(GetParam().name)), GetParam().folded);
}

const SenderRow kSenders[] = {
    {"anna.weber@a.example", "anna.weber@a.example"},
    {"Anna.Weber@A.example", "anna.weber@a.example"},
    {"anna+orders@a.example", "anna@a.example"},
    {"bounce+1234=erika=example.com@a.example", "bounce@a.example"},
    {"bounces-77-erika=example.com@a.example", "bounces-#-erika=example.com@a.example"},
    {"0102018f3a-ab12-4cd@a.example", "#-#-#@a.example"},
    {"prvs=2345abcdef=anna@a.example", "anna@a.example"},
    {"prvs=anna/2345abcdef@a.example", "anna@a.example"},
    {"prvs=@a.example", "@a.example"},
    {"SRS0=aBcD=XY=b.example=anna@a.example", "srs@a.example"},
    {"srs1=abc=d==x=y@a.example", "srs@a.example"},
    {"info@[192.0.2.1]", "info@[192.0.2.1]"},
    {"", "<>"},
};
INSTANTIATE_TEST_SUITE_P(Table, GreylistSender, testing::ValuesIn(kSenders));

TEST(GreylistSender, IsOfBoundedLength) {
  EXPECT_LE(folded_sender(Address::odd(std::string(5000, 'a') + "@a.example")).size(), 80u);
}

}  // namespace
}  // namespace filters::greylist
