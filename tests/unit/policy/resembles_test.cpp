// from.name resembles lists.directors: who could be taken for an entry of a list.
#include <gtest/gtest.h>

#include "tests/support/named.h"
#include "tests/support/policy_bench.h"

namespace policy {
namespace {

constexpr std::string_view kLists = R"([lists]
directors = ["Jürgen Möller", "Anna-Maria Weber", "Robert T. Kowalski"]
partners = ["partner.example", "grossbank.example"]
)";

struct Case {
  std::string name;
  std::string when;
  std::string facts;
  bool holds;
};
POSTERN_NAMED(Case)

class Resembles : public testing::TestWithParam<Case> {};

TEST_P(Resembles, Holds) {
  const auto loaded = support::load_policy(std::string(kLists) + "[[rule]]\nid = \"a\"\nwhen = '" +
                                           GetParam().when + "'\nthen = \"quarantine\"\n");
  ASSERT_TRUE(loaded.policy) << loaded.diagnostics;
  EXPECT_EQ(loaded.diagnostics, "");
  Facts facts(support::full_vocabulary());
  support::set_facts(facts, GetParam().facts);
  EXPECT_EQ(loaded.policy->decide(facts, {.at_end = true}).rule, GetParam().holds ? "a" : "@default");
}

constexpr auto kName = "from.name resembles lists.directors";
constexpr auto kDomain = "from.domain resembles lists.partners";

INSTANTIATE_TEST_SUITE_P(
    Names, Resembles,
    testing::Values(Case{"the very name", kName, "from.name=Jürgen Möller", true},
                    Case{"without accents", kName, "from.name=Jurgen Moller", true},
                    Case{"in another order", kName, "from.name=MÖLLER, Jürgen", true},
                    Case{"one edit away", kName, "from.name=Jürgen Möler", true},
                    Case{"two edits away", kName, "from.name=Jürgen Mölr", false},
                    Case{"letters of another script", kName, "from.name=Jürgеn Mоller", true},
                    Case{"a digit for a letter", kName, "from.name=Anna-Maria Web3r", true},
                    Case{"with a title beside it", kName, "from.name=Dr. Anna Maria Weber (CEO)", true},
                    Case{"without the initial", kName, "from.name=Robert Kowalski", true},
                    Case{"half of it", kName, "from.name=Weber", false},
                    Case{"somebody else", kName, "from.name=Maria Anders", false},
                    Case{"nobody", kName, "from.name=", false},
                    Case{"padded out of sight", kName, "from.name=Anna-Maria           Weber", true},
                    Case{"written into the rule", "from.name resembles [\"Ann Lee\", \"Bob Ray\"]",
                         "from.name=Lee, Ann", true},
                    Case{"in the subject", "subject resembles lists.directors", "subject=Jürgen Möller asks",
                         true},
                    Case{"in any header field of a name", "header(\"Sender\") resembles lists.directors",
                         "Sender: Robert Kowalski <x@a.example>", true}),
    [](const auto& info) { return "n" + std::to_string(info.index); });

INSTANTIATE_TEST_SUITE_P(
    Domains, Resembles,
    testing::Values(
        Case{"the domain itself", kDomain, "from.domain=partner.example", false},
        Case{"below it", kDomain, "from.domain=mail.partner.example", false},
        Case{"one edit away", kDomain, "from.domain=partmer.example", true},
        Case{"a look-alike letter", kDomain, "from.domain=pаrtner.example", true},
        Case{"as a label of another", kDomain, "from.domain=grossbank.example.evil.test", true},
        Case{"another", kDomain, "from.domain=elsewhere.example", false},
        Case{"none", kDomain, "from.domain=", false},
        Case{"of an address", "from.address resembles lists.partners", "from.address=x@grossbamk.example",
             true},
        Case{"an address there", "from.address resembles lists.partners", "from.address=x@grossbank.example",
             false},
        Case{"shown as a name", "from.name resembles lists.partners", "from.name=info@partner.example", true},
        Case{"the name is nearly the domain", "from.name resembles lists.partners",
             "from.name=partmer.example", true},
        Case{"a HELO that is it", "helo.name resembles lists.partners", "helo.name=partner.example", false},
        Case{"a HELO that nearly is", "helo.name resembles lists.partners", "helo.name=partmer.example",
             true},
        Case{"any of a list", "dkim.pass_domains resembles lists.partners",
             "dkim.pass_domains=a.example,partmer.example", true}),
    [](const auto& info) { return "n" + std::to_string(info.index); });

INSTANTIATE_TEST_SUITE_P(
    Configuration, Resembles,
    testing::Values(Case{"our people", "from.name resembles local.names and not from.local",
                         "local.names=Ann Lee; from.name=Lee Ann; from.local=no", true},
                    Case{"our domains", "from.domain resembles local.domains",
                         "local.domains=company.example; from.domain=c0mpany.example", true},
                    Case{"ours", "from.domain resembles local.domains",
                         "local.domains=company.example; from.domain=company.example", false}),
    [](const auto& info) { return "n" + std::to_string(info.index); });

// What the configuration says is prepared once; who is judged under another one is judged by that.
TEST(Resemblance, FollowsTheConfigurationThatIsJudgedUnder) {
  Facts configured(support::full_vocabulary(), Owner::configuration);
  configured.set("local.names", List{"Ann Lee"});
  const auto loaded = support::load_policy(
      "[[rule]]\nid = \"a\"\nwhen = 'from.name resembles local.names'\nthen = \"reject\"\n",
      {.configuration = &configured});
  ASSERT_TRUE(loaded.policy) << loaded.diagnostics;
  const auto rule_for = [&](const Facts& configuration, std::string name) {
    Facts session(configuration, Owner::session);
    Facts transaction(session, Owner::transaction);
    transaction.set("from.name", std::move(name));
    return loaded.policy->decide(Facts(transaction, Owner::recipient), {.at_end = true}).rule;
  };
  EXPECT_EQ(rule_for(configured, "Lee, Ann"), "a");
  EXPECT_EQ(rule_for(configured, "Bob Ray"), "@default");
  Facts other(support::full_vocabulary(), Owner::configuration);
  other.set("local.names", List{"Bob Ray"});
  EXPECT_EQ(rule_for(other, "Lee, Ann"), "@default");
  EXPECT_EQ(rule_for(other, "Bob Ray"), "a");
}

TEST(Resemblance, IsNotKnownBeforeTheNameIs) {
  const auto loaded = support::load_policy(
      std::string(kLists) +
      "[[rule]]\nid = \"a\"\nwhen = 'from.name resembles lists.directors'\nthen = \"reject\"\n");
  ASSERT_TRUE(loaded.policy);
  Facts facts(support::full_vocabulary());
  EXPECT_FALSE(loaded.policy->decide(facts, {}).settled);
}

}  // namespace
}  // namespace policy
