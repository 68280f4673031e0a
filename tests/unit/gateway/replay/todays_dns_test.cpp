// Recorded mail with the DNS of another day.
#include "gateway/replay/todays_dns.h"

#include <gtest/gtest.h>

#include "filters/registry.h"

#include "gateway/dns/zone_resolver.h"
#include "gateway/journal/decode.h"
#include "gateway/journal/encode.h"
#include "gateway/pipeline/record.h"
#include "tests/support/desk_world.h"
#include "tests/support/golden_message.h"
#include "tests/support/policy_bench.h"
#include "tests/support/recorded_mail.h"

namespace gateway::replay {
namespace {

using Found = TodaysDns::Found;

const Fact* fact(const journal::Recorded& recorded, std::string_view name) {
  for (const auto& one : recorded.facts)
    if (one.name == name) return &one.fact;
  return nullptr;
}

journal::Recorded recorded(const support::RecordedMail& mail) {
  const auto policy = support::load_policy("").policy;
  return *journal::decode(support::record_of(mail, *policy), support::full_vocabulary());
}

dns::ZoneResolver resolver(const std::string& zone) {
  return dns::ZoneResolver(*dns::Zone::parse(zone, "zone"));
}

TEST(TodaysDns, IsAskedAboutTheEnvelope) {
  auto in_zone = resolver(R"({"a.example": {"TXT": ["v=spf1 ip4:192.0.2.7 -all"]}})");
  const TodaysDns dns(support::desk_in_force("# no rules\n"), in_zone);
  journal::Recorded mail =
      recorded({.facts = "*; client.ip=192.0.2.7; spf.mailfrom=fail; dmarc.result=fail; dkim.result=pass"});
  EXPECT_EQ(dns.refresh(mail), Found::otherwise);
  EXPECT_EQ(fact(mail, "spf.mailfrom")->value, Value(Outcome::pass));
  EXPECT_EQ(fact(mail, "dmarc.result")->value, Value(Outcome::fail)) << "needs the message";
  EXPECT_EQ(fact(mail, "dkim.result")->value, Value(Outcome::pass)) << "likewise";
  EXPECT_EQ(dns.refresh(mail), Found::as_recorded) << "asked once more it says the same";
}

TEST(TodaysDns, MayBeInTrouble) {
  auto in_zone = resolver(R"({"a.example": {"status": "timeout"}})");
  const TodaysDns dns(support::desk_in_force("# no rules\n"), in_zone);
  journal::Recorded mail = recorded({.facts = "*; client.ip=192.0.2.7; spf.mailfrom=pass"});
  EXPECT_EQ(dns.refresh(mail), Found::otherwise);
  EXPECT_TRUE(fact(mail, "spf.mailfrom")->troubled());
}

TEST(TodaysDns, IsNotAskedWhereNoClientIsKnown) {
  auto in_zone = resolver("{}");
  const TodaysDns dns(support::desk_in_force("# no rules\n"), in_zone);
  journal::Recorded unknown = recorded({.facts = "spf.mailfrom=fail"});
  EXPECT_EQ(dns.refresh(unknown), Found::not_asked);
  journal::Recorded session = recorded({.facts = "client.ip=192.0.2.7", .session = true});
  EXPECT_EQ(dns.refresh(session), Found::not_asked);
}

// With the zone of then it says what it said then.
TEST(TodaysDns, SaysTheSameOfGoldenMessagesInTheirZones) {
  std::size_t asked = 0;
  for (const auto& eml : support::golden_messages()) {
    support::GoldenMessage message(eml);
    const journal::Entry entry = pipeline::entry_of(message.transaction());
    auto zone = dns::Zone::load(std::filesystem::path(eml).replace_extension(".dns"));
    ASSERT_TRUE(zone);
    dns::ZoneResolver in_zone(std::move(*zone));
    auto mail = journal::decode(journal::encode_record(entry), message.in_force()->vocabulary);
    ASSERT_TRUE(mail);
    const Found found = TodaysDns(message.in_force(), in_zone).refresh(*mail);
    EXPECT_NE(found, Found::otherwise) << eml;
    asked += found == Found::as_recorded ? 1 : 0;
  }
  EXPECT_GT(asked, 50u);
}

}  // namespace
}  // namespace gateway::replay
