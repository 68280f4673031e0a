// Loading everything a configuration names: the mistakes of all files are shown at once.
#include "gateway/pipeline/in_force.h"

#include <gtest/gtest.h>

#include <fstream>

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

}  // namespace
}  // namespace gateway::pipeline
