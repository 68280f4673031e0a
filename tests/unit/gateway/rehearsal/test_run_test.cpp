// Policy tests that pass, each for its own reason; none of them asks anything outside.
#include "gateway/rehearsal/test_run.h"

#include <gtest/gtest.h>

#include <array>
#include <fstream>

#include "gateway/rehearsal/test_reader.h"
#include "tests/support/desk_world.h"
#include "tests/support/named.h"
#include "tests/support/paths.h"
#include "tests/support/policy_bench.h"
#include "tests/support/temporary_directory.h"

namespace gateway::rehearsal {
namespace {

struct Case {
  std::string name;
  std::string test;  // without [[test]] and name
};
POSTERN_NAMED(Case)

class PassingTest : public testing::TestWithParam<Case> {
 protected:
  // What the run of one test says, "" when it passed.
  static std::string run(const std::string& test) {
    static const auto in_force =
        support::desk_in_force(support::file_text(support::source_dir() / "tests/configs/policy-tests.toml"),
                               "policy.mode = \"observe\"\n");
    const support::TemporaryDirectory directory;
    const std::array file{directory.path() / "tests.toml"};
    std::ofstream(file[0], std::ios::binary) << "[[test]]\nname = \"x\"\n" << test;
    std::ofstream(directory.path() / "message.eml") << "From: Eve <eve@attacker.example>\n\nbody\n";
    policy::Diagnostics diagnostics;
    const TestSet set =
        read_tests(file, {in_force->vocabulary, in_force->policy.get(), support::noon(), {}}, diagnostics);
    std::string text = diagnostics.render();
    const std::vector<TestResult> results = run_tests(in_force, set.tests);
    if (results.size() != 1) text += "no test was run\n";
    for (const TestResult& result : results)
      for (const Difference& one : result.differences)
        text += policy::render(as_diagnostic(result, one)) + '\n';
    return text;
  }
};

TEST_P(PassingTest, Passes) { EXPECT_EQ(run(GetParam().test), ""); }

INSTANTIATE_TEST_SUITE_P(
    Table, PassingTest,
    testing::Values(Case{"accepted by default", R"(client = "192.0.2.1"
helo = "mx.a.example"
from = "x@a.example"
headers = ["From: a@a.example"]
expect = { verdict = "accept", rule = "@default", tags = ["outside"], score = 0, spf = "none" })"},
                    Case{"a message file", R"(client = "192.0.2.1"
helo = "mx.a.example"
from = "x@a.example"
message = { file = "message.eml" }
expect = { verdict = "accept", "from.domain" = "attacker.example", "message.size" = 42 })"},
                    Case{"refused by spf, though the mode only observes", R"(client = "192.0.2.66"
from = "x@a.example"
headers = ["From: a@a.example"]
dns = { "a.example" = { TXT = ["v=spf1 -all"] } }
expect = { verdict = "reject", rule = "spf", code = 550, reply = "a.example does not send", spf = "fail", held = ["listed"], trial = ["on-trial"], score = 2.5 })"},
                    Case{"an enhanced code", R"(facts = { "spf.mailfrom" = "fail" }
headers = ["From: a@a.example"]
expect = { code = "5.7.23" })"},
                    Case{"both codes", R"(facts = { spf.mailfrom = "fail" }
headers = ["From: a@a.example"]
expect = { code = "550 5.7.23" })"},
                    Case{"trouble", R"(facts = { "spf.mailfrom" = { state = "troubled" } }
headers = ["From: a@a.example"]
expect = { verdict = "defer", rule = "@trouble", "spf.mailfrom" = { state = "troubled" } })"},
                    Case{"a dns that does not answer", R"(client = "192.0.2.1"
from = "x@a.example"
headers = ["From: a@a.example"]
dns = { "a.example" = { status = "timeout" } }
expect = { rule = "@trouble", spf = "temperror" })"},
                    Case{"up to RCPT, where the subject is not known", R"(client = "192.0.2.1"
helo = "mx.a.example"
from = "x@a.example"
expect = { verdict = "accept", "subject" = { state = "open" } })"},
                    Case{"a recipient of another domain", R"(to = "a@elsewhere.example"
expect = { verdict = "reject", rule = "@relay" })"},
                    Case{"names in parts", R"(headers = ["From: a@example.com", "Subject: Hello"]
expect = { from.local = true, subject = "Hello", from.domain = "example.com", tags = [] })"},
                    Case{"lists in any order", R"(facts = { "dkim.pass_domains" = ["b.example", "a.example"] }
headers = ["From: a@a.example"]
expect = { "dkim.pass_domains" = ["A.example", "b.example"] })"},
                    Case{"what is given of the configuration", R"(facts = { "local.names" = ["Ann Lee"] }
expect = { "local.names" = ["Ann Lee"] })"},
                    Case{"time", R"(at = 2019-06-01T12:00:00+02:00
from = "x@ended.example"
headers = ["From: a@a.example"]
expect = { rule = "ended", now = 2019-06-01T10:00:00Z })"},
                    Case{"fields on top", R"(client = "192.0.2.1"
helo = "mx.a.example"
from = "x@a.example"
headers = ["From: a@a.example", "X-Long: one\n two"]
expect = { headers = ["X-Outside: yes", "Authentication-Results: mx.example.com"], not_held = ["spf", "abuse"] })"},
                    Case{"the null sender", R"(from = "<>"
headers = ["From: a@a.example"]
expect = { "sender.is_null" = true })"}),
    [](const auto& info) { return "n" + std::to_string(info.index); });

}  // namespace
}  // namespace gateway::rehearsal
