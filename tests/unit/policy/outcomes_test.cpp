// How each rule came out, as explain and the journal tell it: held, did not, or unknown, and because of what.
#include <gtest/gtest.h>

#include "filters/registry.h"
#include "tests/support/policy_bench.h"

namespace policy {
namespace {

// "ID held", "ID no (why)", a line each.
std::string told(const std::string& rules, const std::string& given, const Vocabulary& vocabulary) {
  const auto loaded = support::load_policy(rules, {}, vocabulary);
  if (!loaded.policy) return loaded.diagnostics;
  Facts facts(vocabulary);
  support::set_facts(facts, given);
  std::string text;
  for (const RuleOutcome& outcome : loaded.policy->decide(facts, {.at_end = true, .outcomes = true}).rules) {
    text += outcome.id + " " + std::string(name(outcome.held)) + (outcome.trial ? " on trial" : "");
    for (const std::string& because : outcome.because) text += " (" + because + ")";
    text += "\n";
  }
  return text;
}

constexpr std::string_view kRules = R"([[rule]]
id = "friends"
when = 'spf.mailfrom == pass'
then = "exempt"
exempt = ["strict", "on-trial"]

[[rule]]
id = "family"
when = 'client.trusted'
then = "exempt"
exempt = ["strict"]
until = 2026-05-31

[[rule]]
id = "strict"
when = 'message.size > 10'
then = "quarantine"

[[rule]]
id = "on-trial"
when = 'message.size > 10'
then = "reject"
trial = true

[[rule]]
id = "ended"
when = 'message.size > 10'
then = "reject"
until = 2026-05-31

[[rule]]
id = "signed"
when = 'message.size > 10 and dkim.result == fail'
then = "reject"
)";

TEST(Outcomes, NameTheExemptionThatApplied) {
  EXPECT_EQ(
      told(std::string(kRules), "message.size=20; spf.mailfrom=pass; client.trusted=yes; dkim.result=pass",
           support::full_vocabulary()),
      "friends yes\n"
      "family no (its time has passed)\n"
      "strict no (exempted by 'friends')\n"
      "on-trial no on trial (exempted by 'friends')\n"
      "ended no (its time has passed)\n"
      "signed no\n");
}

TEST(Outcomes, NameTheFactsThatAreNotKnown) {
  EXPECT_EQ(told(std::string(kRules),
                 "message.size=20; spf.mailfrom=!timeout; client.trusted=yes; now=2026-06-01T12:00:00Z",
                 support::full_vocabulary()),
            "friends unknown (spf.mailfrom)\n"
            "family no (its time has passed)\n"
            "strict unknown (spf.mailfrom)\n"
            "on-trial unknown on trial (spf.mailfrom)\n"
            "ended no (its time has passed)\n"
            "signed unknown (dkim.result)\n");
}

TEST(Outcomes, SayNothingOfExemptionsFromWhatWouldNotHold) {
  EXPECT_EQ(told(std::string(kRules), "message.size=5; spf.mailfrom=pass; dkim.result=fail",
                 support::full_vocabulary()),
            "friends yes\n"
            "family no (its time has passed)\n"
            "strict no\n"
            "on-trial no on trial\n"
            "ended no (its time has passed)\n"
            "signed no\n");
}

TEST(Outcomes, NameTheFilterThatIsOff) {
  static const Vocabulary without = filters::make_vocabulary({"dkim"});
  EXPECT_EQ(told(std::string(kRules), "message.size=20; spf.mailfrom=fail; client.trusted=no", without),
            "friends no\n"
            "family no (its time has passed)\n"
            "strict yes\n"
            "on-trial yes on trial\n"
            "ended no (its time has passed)\n"
            "signed no (the filter 'dkim' is switched off)\n");
}

}  // namespace
}  // namespace policy
