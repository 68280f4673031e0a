#include "gateway/dns/zone.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include "gateway/dns/zone_resolver.h"
#include "tests/support/named.h"

namespace gateway::dns {
namespace {

constexpr std::string_view kZone = R"({
  "A.Example.": {"TXT": ["v=spf1 -all", ["v=DKIM1; ", "p=AB"], "\u0000\u00ff"],
                 "A": ["192.0.2.1", "192.0.2.2"], "AAAA": ["2001:db8::1"],
                 "MX": [[10, "MX.a.example."], [20, "mx2.a.example"]], "PTR": ["Host.A.example"]},
  "alias.example": {"CNAME": "A.example"},
  "chain.example": {"CNAME": "alias.example"},
  "one.example": {"CNAME": "two.example"}, "two.example": {"CNAME": "one.example"},
  "lost.example": {"CNAME": "nowhere.example"},
  "slow.example": {"status": "timeout", "A": ["192.0.2.3"]},
  "gone.x.example": {"status": "nxdomain"},
  "half.example": {"TXT": {"status": "servfail"}, "A": ["192.0.2.4"]},
  "forged.example": {"status": "bogus"}, "closed.example": {"status": "refused"},
  "bare.example": {}, "none.example": {"status": "nodata", "TXT": []},
  "short.example": {"ttl": 7, "A": ["192.0.2.5"]}, "to.short.example": {"CNAME": "short.example"},
  "other.example": {"SPF": ["v=spf1 -all"], "SOA": "…"},
  "null.example": {"MX": [[0, "."]]},
  "_25._tcp.mx.example": {"TLSA": ["3 1 1 abcd"]}
})";

std::string brief(const DnsAnswer& answer) {
  std::string text(name(answer.status));
  for (const DnsRecord& record : answer.records)
    text += "|" + (record.text.empty() && record.preference == 0
                       ? record.address.text()
                       : std::to_string(record.preference) + " " + record.text);
  return text;
}

struct Lookup {
  std::string name;
  std::string asked;
  RecordType type;
  std::string expected;
};
POSTERN_NAMED(Lookup)

class ZoneAnswers : public testing::TestWithParam<Lookup> {};

TEST_P(ZoneAnswers, AsDeclared) {
  const auto zone = Zone::parse(kZone, "zone.json");
  ASSERT_TRUE(zone) << zone.error().text();
  EXPECT_EQ(brief(zone->answer({GetParam().asked, GetParam().type})), GetParam().expected);
}

using enum RecordType;
INSTANTIATE_TEST_SUITE_P(
    Table, ZoneAnswers,
    testing::Values(Lookup{"character-strings are joined and hold any octet", "a.example", txt,
                           std::string("ok|0 v=spf1 -all|0 v=DKIM1; p=AB|0 \0\xff", 37)},
                    Lookup{"case and the root's dot do not matter", "A.EXAMPLE.", a,
                           "ok|192.0.2.1|192.0.2.2"},
                    Lookup{"ipv6", "a.example", aaaa, "ok|2001:db8::1"},
                    Lookup{"mail hosts are lower case, without the root's dot", "a.example", mx,
                           "ok|10 mx.a.example|20 mx2.a.example"},
                    Lookup{"reverse name", "a.example", ptr, "ok|0 host.a.example"},
                    Lookup{"null mx names the root", "null.example", mx, "ok|0.0.0.0"},
                    Lookup{"tlsa", "_25._tcp.mx.example", tlsa, "ok|0 3 1 1 abcd"},
                    Lookup{"an alias is followed", "alias.example", a, "ok|192.0.2.1|192.0.2.2"},
                    Lookup{"a chain is followed", "chain.example", ptr, "ok|0 host.a.example"},
                    Lookup{"an alias asked for is told", "alias.example", cname, "ok|0 a.example"},
                    Lookup{"an alias to a name without that type", "alias.example", tlsa, "nodata"},
                    Lookup{"an alias loop", "one.example", a, "servfail"},
                    Lookup{"an alias to nowhere", "lost.example", a, "nxdomain"},
                    Lookup{"not in the zone", "b.example", a, "nxdomain"},
                    Lookup{"a suffix is no parent", "xa.example", a, "nxdomain"},
                    Lookup{"other types only", "a.example", tlsa, "nodata"},
                    Lookup{"an empty non-terminal exists", "_tcp.mx.example", a, "nodata"},
                    Lookup{"the top of all names exists", "example", a, "nodata"},
                    Lookup{"a name that does not exist has no parents", "x.example", a, "nxdomain"},
                    Lookup{"said not to exist", "gone.x.example", a, "nxdomain"},
                    Lookup{"a status for all types", "slow.example", txt, "timeout"},
                    Lookup{"records stand before the status of all", "slow.example", a, "ok|192.0.2.3"},
                    Lookup{"a status for one type", "half.example", txt, "servfail"},
                    Lookup{"the other types of that name", "half.example", a, "ok|192.0.2.4"},
                    Lookup{"bogus", "forged.example", txt, "bogus"},
                    Lookup{"refused", "closed.example", a, "refused"},
                    Lookup{"a name with nothing in it exists", "bare.example", a, "nodata"},
                    Lookup{"types nobody asks for", "other.example", txt, "nodata"},
                    Lookup{"no records of a type", "none.example", txt, "nodata"},
                    Lookup{"a name longer than the dns allows", std::string(300, 'x'), txt, "nxdomain"}));

// As other tools write zones.
TEST(Zone, TakesOneRecordWithoutAnArrayAndMailHostsAsMasterFilesHaveThem) {
  const auto zone = Zone::parse(
      R"({"a": {"TXT": "v=spf1 -all", "A": "192.0.2.1", "MX": ["10 mx.a", [20, "mx.b"]]}, "b": {"CNAME": ["a"]},
          "c": {"MX": "0 mx.c."}, "d": {"status": "SERVFAIL"}})",
      "zone.json");
  ASSERT_TRUE(zone) << zone.error().text();
  EXPECT_EQ(zone->answer({"b", txt}).records.at(0).text, "v=spf1 -all");
  EXPECT_EQ(zone->answer({"a", a}).records.size(), 1u);
  ASSERT_EQ(zone->answer({"a", mx}).records.size(), 2u);
  EXPECT_EQ(zone->answer({"a", mx}).records[0].preference, 10);
  EXPECT_EQ(zone->answer({"a", mx}).records[0].text, "mx.a");
  EXPECT_EQ(zone->answer({"c", mx}).records.at(0).text, "mx.c");
  EXPECT_EQ(zone->answer({"d", a}).status, DnsStatus::servfail);
}

TEST(Zone, TtlIs300OrWhatIsSaidAndTheSmallestOfAChain) {
  const auto zone = Zone::parse(kZone, "zone.json");
  ASSERT_TRUE(zone);
  EXPECT_EQ(zone->answer({"a.example", a}).ttl, 300u);
  EXPECT_EQ(zone->answer({"short.example", a}).ttl, 7u);
  EXPECT_EQ(zone->answer({"to.short.example", a}).ttl, 7u);
}

TEST(Zone, TomlSaysTheSame) {
  const auto zone = Zone::parse(
      "\"a.example\" = { TXT = [[\"one\", \"two\\u00e9\"]], MX = [[10, \"mx.example\"]] }\n"
      "[\"slow.example\"]\nstatus = \"timeout\"\nA = { status = \"refused\" }\n",
      "zone.toml");
  ASSERT_TRUE(zone) << zone.error().text();
  EXPECT_EQ(brief(zone->answer({"a.example", txt})), "ok|0 onetwo\xe9");
  EXPECT_EQ(brief(zone->answer({"a.example", mx})), "ok|10 mx.example");
  EXPECT_EQ(brief(zone->answer({"slow.example", txt})), "timeout");
  EXPECT_EQ(brief(zone->answer({"slow.example", a})), "refused");
}

TEST(Zone, WithoutAnEndingTheFirstCharacterTells) {
  EXPECT_TRUE(Zone::parse(" \n{\"a.example\": {}}", "zone"));
  EXPECT_TRUE(Zone::parse("\"a.example\" = {}", "zone"));
  EXPECT_FALSE(Zone::parse("{\"a.example\": {}}", "zone.toml"));
}

struct Mistake {
  std::string name;
  std::string file;
  std::string text;
  std::string expected;  // the error contains it
};
POSTERN_NAMED(Mistake)

class ZoneMistakes : public testing::TestWithParam<Mistake> {};

TEST_P(ZoneMistakes, AreNamed) {
  const auto zone = Zone::parse(GetParam().text, GetParam().file);
  ASSERT_FALSE(zone);
  EXPECT_NE(zone.error().text().find(GetParam().expected), std::string::npos) << zone.error().text();
}

INSTANTIATE_TEST_SUITE_P(
    Table, ZoneMistakes,
    testing::Values(
        Mistake{"json syntax has line and column", "z.json", "{\n  \"a\": {,}\n}", "z.json:2:"},
        Mistake{"json that ends early", "z.json", "{\"a\": {", "ends too early"},
        Mistake{"json with more behind it", "z.json", "{}\n x", "z.json:2:2: something stands behind"},
        Mistake{"a nul behind the end", "z.json", std::string("{}\0", 3), "something stands behind"},
        Mistake{"json nested too deep", "z.json", std::string(100'000, '['), "z.json:1:"},
        Mistake{"not an object", "z.json", "[]", "a zone is an object of names"},
        Mistake{"toml syntax has line and column", "z.toml", "\n\"a\" = [\n", "z.toml:2:"},
        Mistake{"toml nested too deep", "z.toml", "a = " + std::string(100'000, '['), "z.toml:1:"},
        Mistake{"a toml record has its place", "z.toml", "[\"a.example\"]\nTXT = [1]",
                "z.toml:2:1: 'a.example': TXT: expected a string"},
        Mistake{"toml names need quotes", "z.toml", "[a.example]\nTXT = [\"x\"]",
                "'a': example: not known here"},
        Mistake{"a name that is no object", "z.json", R"({"a": 1})", "'a': expected an object"},
        Mistake{"a type that is not known", "z.json", R"({"a": {"TXTT": []}})", "'a': TXTT: not known here"},
        Mistake{"an empty label", "z.json", R"({"a..b": {}})", "not a DNS name"},
        Mistake{"a long label", "z.json", "{\"" + std::string(64, 'a') + "\": {}}", "not a DNS name"},
        Mistake{"the same name twice", "z.json", R"({"a.b": {}, "A.B.": {}})", "stands here twice"},
        Mistake{"an unknown status", "z.json", R"({"a": {"status": "slow"}})", "status is one of"},
        Mistake{"ok is no status", "z.json", R"({"a": {"TXT": {"status": "ok"}}})", "status is one of"},
        Mistake{"a status with records", "z.json", R"({"a": {"TXT": {"status": "timeout", "x": 1}}})",
                "expected {"},
        Mistake{"no array", "z.json", R"({"a": {"TXT": 1}})", "TXT: expected an array"},
        Mistake{"mx without a number", "z.json", R"({"a": {"MX": "1x mx.a"}})", "[preference, \"name\"]"},
        Mistake{"several aliases", "z.json", R"({"a": {"CNAME": ["b", "c"]}})", "expected a DNS name"},
        Mistake{"an address of the other family", "z.json", R"({"a": {"A": ["2001:db8::1"]}})",
                "IPv4 address"},
        Mistake{"a mapped address is not ipv6", "z.json", R"({"a": {"AAAA": ["::ffff:192.0.2.1"]}})",
                "IPv6 address"},
        Mistake{"mx without preference", "z.json", R"({"a": {"MX": ["mx.a"]}})", "[preference, \"name\"]"},
        Mistake{"mx preference too large", "z.json", R"({"a": {"MX": [[65536, "m"]]}})",
                "[preference, \"name\"]"},
        Mistake{"alias to no name", "z.json", R"({"a": {"CNAME": "b..c"}})", "expected a DNS name"},
        Mistake{"a character that is no octet", "z.json", R"({"a": {"TXT": ["\u0100"]}})", "no octets"},
        Mistake{"a negative ttl", "z.json", R"({"a": {"ttl": -1}})", "seconds from 0"}));

TEST(Zone, AllMistakesAreReportedTogetherUpToTwenty) {
  const auto two = Zone::parse(R"({"a": {"TXT": 1}, "b": {"MX": 2}})", "z.json");
  ASSERT_FALSE(two);
  EXPECT_EQ(two.error().text(),
            "z.json: 'a': TXT: expected an array of records\nz.json: 'b': MX: expected an array of records");
  std::string many = "{";
  for (int i = 0; i < 50; ++i) many += (i ? ", \"n" : "\"n") + std::to_string(i) + "\": 1";
  const auto bounded = Zone::parse(many + "}", "z.json");
  ASSERT_FALSE(bounded);
  const std::string errors = bounded.error().text();
  EXPECT_EQ(std::count(errors.begin(), errors.end(), '\n'), 19);
}

TEST(Zone, AFileThatCannotBeReadIsNamed) {
  const auto missing = Zone::load("/nonexistent/zone.json");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().text(), "cannot read the zone /nonexistent/zone.json: No such file or directory");
  EXPECT_EQ(missing.error().system_code(), ENOENT);
  const auto directory = Zone::load("/");
  ASSERT_FALSE(directory);
  EXPECT_EQ(directory.error().text(), "/: is a directory; a zone is a file");
}

TEST(ZoneResolver, KnowsAtOnceAndAnswersLater) {
  ZoneResolver resolver(*Zone::parse(kZone, "zone.json"));
  EXPECT_EQ(brief(resolver.known({"slow.example", txt}).value()), "timeout");
  asio::io_context loop;
  std::string got;
  resolver.ask({"a.example", aaaa}, loop.get_executor(), [&](DnsAnswer answer) { got = brief(answer); });
  EXPECT_EQ(got, "");
  loop.run();
  EXPECT_EQ(got, "ok|2001:db8::1");
}

}  // namespace
}  // namespace gateway::dns
