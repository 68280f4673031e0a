// Loading everything a configuration names: the mistakes of all files are shown at once.
#include "gateway/pipeline/in_force.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/desk_world.h"
#include "tests/support/temporary_directory.h"

namespace gateway::pipeline {
namespace {

TEST(InForce, ShowsTheMistakesOfThePolicyBesideThoseOfTheSettings) {
  const support::TemporaryDirectory directory;
  std::ofstream(directory.path() / "postern.toml") << R"(hostname = "mx.example.com"
gatewey = 1
[domains."example.com"]
mailstore = "main"
[mailstore.main]
servers = ["10.0.0.5:25"]
)";
  std::ofstream(directory.path() / "policy.toml") << R"([[rule]]
id = "a"
when = 'spf.result == fail'
then = "reject"
)";
  policy::Diagnostics diagnostics;
  EXPECT_EQ(InForce::load(directory.path() / "postern.toml", Time(), diagnostics), nullptr);
  const std::string text = diagnostics.render();
  EXPECT_NE(text.find("postern.toml:2:1: unknown key 'gatewey'"), std::string::npos) << text;
  EXPECT_NE(text.find("policy.toml:3:9: unknown fact 'spf.result'"), std::string::npos) << text;
}

// A filter learns which facts are wanted: what only a reply names, or a rule on trial, counts.
TEST(InForce, TellsTheFiltersWhichFactsTheRulesName) {
  const std::string off = "filter.dkim.enabled = false\n";
  const auto named = support::desk_in_force(R"([define]
spoofed = 'from.domain == sender.domain'
[[rule]]
id = "a"
when = 'spf.mailfrom == fail and not spoofed'
then = "reject"
reply = '550 5.7.23 {spf.explanation}'
[[rule]]
id = "b"
when = 'client.trusted'
then = "accept"
trial = true
[[rule]]
id = "c"
when = 'dkim.count > 3 or now < 2026-01-01'
then = "reject"
)",
                                            off)
                         ->policy->facts_named();
  EXPECT_EQ(named, (std::set<std::string, std::less<>>{"client.trusted", "from.domain", "sender.domain",
                                                       "spf.explanation", "spf.mailfrom"}));
}

}  // namespace
}  // namespace gateway::pipeline
