// config/policy.toml: right for a company on its first day, and for one that has configured everything.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/support/rehearsed_policy.h"

namespace gateway::rehearsal {
namespace {

constexpr std::string_view kAllFilters = R"(
[filter.dnsbl]
lists = [{ id = "zen", zone = "zen.example" }]
[filter.dnswl]
lists = [{ id = "wl", zone = "wl.example" }]
[filter.dbl]
lists = [{ id = "dbl", zone = "dbl.example" }]
[filter.attachments]
[filter.rate]
[filter.reputation]
[filter.greylist]
)";

std::string all_filters() { return std::string(kAllFilters); }

TEST(ShippedPolicy, HasNothingToComplainOfOnTheFirstDay) {
  const auto policy = support::rehearse(support::shipped_policy());
  EXPECT_EQ(policy.said, "");
  EXPECT_GT(policy.set.tests.size(), 25u);
  EXPECT_GT(policy.set.passed_over, 0u);  // those of filters that are not configured
}

TEST(ShippedPolicy, HasNothingToComplainOfWithAllFilters) {
  const auto policy = support::rehearse(support::shipped_policy(), all_filters());
  EXPECT_EQ(policy.said, "");
  EXPECT_EQ(policy.set.passed_over, 0u);
}

// Who has changed everything around it need not change its tests.
TEST(ShippedPolicy, PassesItsTestsUnderAnyConfiguration) {
  const auto policy = support::rehearse(support::shipped_policy(), R"(
[policy]
mode = "observe"
default = "quarantine"
footer = "Help: https://firma.example/mail"
[networks]
trusted = ["10.0.0.0/8"]
relays = ["192.0.2.200"]
[local]
names = ["Erika Muster"]
also = ["parked.example"]
)" + all_filters());
  EXPECT_EQ(policy.said, "");
}

TEST(ShippedPolicy, HasATestForEachRule) {
  const auto policy = support::rehearse(support::shipped_policy(), all_filters());
  ASSERT_TRUE(policy.in_force);
  std::set<std::string> tested;
  for (const PolicyTest& test : policy.set.tests) {
    if (test.expect.rule) tested.insert(test.expect.rule->value);
    for (const auto& id : test.expect.held) tested.insert(id.value);
  }
  for (const auto& id : policy.in_force->policy->rule_ids()) EXPECT_TRUE(tested.contains(id)) << id;
}

TEST(ShippedPolicy, RefusesAsEarlyAsItCan) {
  const auto policy = support::rehearse(support::shipped_policy(), all_filters());
  ASSERT_TRUE(policy.in_force);
  const auto stages = policy.in_force->policy->stages();
  const auto at = [&](std::string_view id) {
    const auto stage = std::ranges::find(stages, id, &policy::Stage::rule);
    return stage == stages.end() || !stage->at ? "never" : std::string(name(*stage->at));
  };
  EXPECT_EQ(at("emergency"), "connect");
  EXPECT_EQ(at("blocked"), "connect");
  EXPECT_EQ(at("sender-null-mx"), "rcpt");
  EXPECT_EQ(at("sender-unresolvable"), "rcpt");
  EXPECT_EQ(at("from-defect"), "headers");
}

TEST(ShippedPolicy, WarnsWhereAFilterItNeedsIsSwitchedOff) {
  const auto policy = support::rehearse(support::shipped_policy(), "[filter.sender]\nenabled = false\n");
  ASSERT_TRUE(policy.in_force);
  EXPECT_NE(policy.said.find("rule 'sender-null-mx' (policy.toml:"), std::string::npos) << policy.said;
  EXPECT_NE(policy.said.find("is off: the filter 'sender', which it needs, is switched off"),
            std::string::npos);
  EXPECT_NE(policy.said.find("is not run: "), std::string::npos);
}

}  // namespace
}  // namespace gateway::rehearsal
