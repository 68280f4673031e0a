// What a policy may come to where facts are missing, and on which of them it hangs.
#include "policy/prospect.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <sstream>

#include "tests/support/named.h"
#include "tests/support/policy_bench.h"

namespace {

using namespace policy;

std::string rule(const std::string& id, const std::string& when, const std::string& then,
                 const std::string& more = "") {
  return "[[rule]]\nid = \"" + id + "\"\nwhen = '" + when + "'\n" +
         (then.empty() ? "" : "then = \"" + then + "\"\n") + more + "\n";
}

// "reject a", or "accept reject: a hangs on dkim.result, header("X")".
std::string told(const Prospect& prospect) {
  std::string text;
  for (const Disposition one : prospect.possible)
    text += std::string(name(one)) + (prospect.possible.size() > 1 ? "/" : " ");
  if (prospect.possible.size() == 1) return text + prospect.rule;
  text.back() = ':';
  return fmt::format("{} {} hangs on {}", text, prospect.rule, fmt::join(prospect.hangs_on, ", "));
}

struct Case {
  std::string name;
  std::string rules;
  std::string facts;
  std::string missing;  // names with blanks between; a field as X-Name
  std::string expected;
  bool trouble_passed = false;
};
POSTERN_NAMED(Case)

class Missed : public testing::TestWithParam<Case> {};

TEST_P(Missed, LeavesThesePossible) {
  const auto loaded = support::load_policy(GetParam().rules);
  ASSERT_TRUE(loaded.policy) << loaded.diagnostics;
  Facts facts(support::full_vocabulary());
  support::set_facts(facts, GetParam().facts);
  Missing missing{.facts = std::vector<bool>(support::full_vocabulary().size(), false)};
  std::istringstream names(GetParam().missing);
  std::vector<std::string> fields;
  for (std::string name; names >> name;) {
    if (const auto id = support::full_vocabulary().find(name))
      missing.facts[index(*id)] = true;
    else
      fields.push_back(name);
  }
  missing.headers.assign(fields.begin(), fields.end());
  const Policy::Moment moment{.at_end = true, .trouble_passed = GetParam().trouble_passed};
  EXPECT_EQ(told(loaded.policy->prospect(facts, missing, moment)), GetParam().expected);
}

const std::string kDkim = rule("dkim", "dkim.result != pass", "reject");
const std::string kScores = "[score]\nquarantine = 5\nreject = 8\n";

INSTANTIATE_TEST_SUITE_P(
    Table, Missed,
    testing::Values(
        Case{"nothing is missing", kDkim, "dkim.result=pass", "", "accept @default"},
        Case{"the verdict hangs on it", kDkim, "", "dkim.result", "accept/reject: dkim hangs on dkim.result"},
        Case{"a rule above decides", rule("ip", "client.trusted", "accept") + kDkim, "client.trusted=yes",
             "dkim.result", "accept ip"},
        Case{"the rest comes to the same", kDkim + rule("all", "true", "reject"), "", "dkim.result",
             "reject all"},
        Case{"the default comes to the same", rule("good", "dkim.result == pass", "accept"), "",
             "dkim.result", "accept @default"},
        Case{"its other half says no", rule("a", "dkim.result == pass and client.trusted", "reject"),
             "client.trusted=no", "dkim.result", "accept @default"},
        Case{"what may only confirm a rule below it",
             rule("a", "dkim.result == pass", "accept") + rule("b", "spf.mailfrom == fail", "reject"), "",
             "dkim.result spf.mailfrom", "accept/reject: b hangs on spf.mailfrom"},
        Case{"three actions",
             rule("a", "dkim.result == pass", "quarantine") + rule("b", "spf.mailfrom == fail", "defer") +
                 rule("c", "client.trusted", "reject"),
             "client.trusted=yes", "dkim.result spf.mailfrom",
             "quarantine/defer/reject: a hangs on dkim.result, spf.mailfrom"},
        Case{"a rule on trial asks in vain", rule("a", "dkim.result == pass", "reject", "trial = true"), "",
             "dkim.result", "accept @default"},
        Case{"an ended one, too", rule("a", "dkim.result == pass", "reject", "until = 2026-01-01"), "",
             "dkim.result", "accept @default"},
        Case{"a header field", rule("a", "header(\"X-A\") contains \"b\"", "reject"), "X-B: b", "x-a",
             "accept/reject: a hangs on header(\"X-A\")"},
        Case{"another header field", rule("a", "header(\"X-B\") contains \"b\"", "reject"), "X-B: b", "x-a",
             "reject a"},
        Case{"how many there are", rule("a", "header_count(\"X-A\") > 1", "reject"), "X-B: b", "X-A",
             "accept/reject: a hangs on header_count(\"X-A\")"},
        Case{"a score that could cross", kScores + rule("a", "dkim.result == pass", "", "score = 5"), "",
             "dkim.result", "accept/quarantine: @score hangs on dkim.result"},
        Case{"a score that could not", kScores + rule("a", "dkim.result == pass", "", "score = 4"), "",
             "dkim.result", "accept @default"},
        Case{"scores of both signs",
             kScores + rule("a", "true", "", "score = 6") +
                 rule("b", "dkim.result == pass", "", "score = 3") +
                 rule("c", "spf.mailfrom == pass", "", "score = -3"),
             "", "dkim.result spf.mailfrom",
             "accept/quarantine/reject: @score hangs on dkim.result, spf.mailfrom"},
        Case{"a total that is sure", kScores + rule("a", "true", "", "score = 9"), "", "dkim.result",
             "reject @score"},
        Case{"a score no rule lets count",
             kScores + rule("a", "dkim.result == pass", "", "score = 9") + rule("b", "true", "reject"), "",
             "dkim.result", "reject b"},
        Case{"trouble is not missing", kDkim, "dkim.result=!timeout", "spf.mailfrom", "defer @trouble"},
        Case{"trouble beside it",
             rule("a", "dkim.result == pass", "reject") + rule("b", "spf.mailfrom == fail", "reject"),
             "dkim.result=!timeout", "spf.mailfrom", "defer/reject: b hangs on spf.mailfrom"},
        Case{"trouble that has lasted",
             rule("a", "dkim.result == pass", "reject") + rule("b", "spf.mailfrom == fail", "reject"),
             "dkim.result=!timeout", "spf.mailfrom", "accept/reject: b hangs on spf.mailfrom", true},
        Case{"a fact that stayed open", kDkim, "", "spf.mailfrom", "defer @trouble"},
        Case{"an exemption hangs on it",
             rule("ours", "dkim.result == pass", "exempt", "exempt = [\"b\"]") +
                 rule("b", "client.trusted", "reject"),
             "client.trusted=yes", "dkim.result", "accept/reject: b hangs on dkim.result"}),
    [](const auto& info) { return "n" + std::to_string(info.index); });

// What an accepted message comes with: "[A] [C] 2.5".
std::string came_with(const std::vector<Tag>& tags, bool score_tag, double score) {
  std::string text;
  for (const Tag& tag : tags) text += tag.subject;
  return score_tag ? text + std::to_string(score) : text;
}

// Every way to fill in what is missing is tried: none comes to an action that was not foreseen, and where one
// alone is foreseen all come to it; likewise for the tags of what is accepted.
TEST(Prospect, HoldsForAllThatMayBeMissing) {
  const std::vector<std::string> flags{"client.trusted", "client.relay", "client.early_talker",
                                       "sender.local", "sender.is_null"};
  std::mt19937 random(20261126);
  const auto below = [&](std::size_t n) { return random() % n; };
  std::size_t single = 0;
  std::size_t several = 0;
  std::size_t sure_tags = 0;
  std::size_t unsure_tags = 0;
  for (int round = 0; round < 400; ++round) {
    std::string text = "[score]\ntag = 1\nquarantine = 2\ndefer = 4\nreject = 6\n";
    const std::vector<std::string> actions{"accept", "quarantine", "defer", "reject"};
    for (std::size_t i = 0; i < 5; ++i) {
      std::string when = (below(2) ? "not " : "") + flags[below(flags.size())];
      when += (below(2) ? " and " : " or ") + flags[below(flags.size())];
      if (below(4) == 0)
        text += rule(fmt::format("r{}", i), when, "tag", fmt::format("subject = \"[{}] \"", i));
      else if (below(3) == 0)
        text +=
            rule(fmt::format("r{}", i), when, "", fmt::format("score = {}", static_cast<int>(below(9)) - 3));
      else
        text += rule(fmt::format("r{}", i), when, actions[below(actions.size())]);
    }
    const auto loaded = support::load_policy(text);
    ASSERT_TRUE(loaded.policy) << text << loaded.diagnostics;
    const std::size_t values = below(32);
    const std::size_t lacking = below(32);
    Missing missing{.facts = std::vector<bool>(support::full_vocabulary().size(), false)};
    Facts known(support::full_vocabulary());
    for (std::size_t i = 0; i < flags.size(); ++i)
      if (lacking >> i & 1)
        missing.facts[index(*support::full_vocabulary().find(flags[i]))] = true;
      else
        known.set(flags[i], (values >> i & 1) != 0);
    const Prospect prospect = loaded.policy->prospect(known, missing, {.at_end = true});
    std::set<Disposition> found;
    std::set<std::string> with;
    for (std::size_t fill = 0; fill < 32; ++fill) {
      Facts facts(support::full_vocabulary());
      for (std::size_t i = 0; i < flags.size(); ++i)
        facts.set(flags[i], ((lacking >> i & 1 ? fill : values) >> i & 1) != 0);
      const Verdict verdict = loaded.policy->decide(facts, {.at_end = true});
      found.insert(verdict.action);
      with.insert(came_with(verdict.tags, verdict.score_tag, verdict.score));
      EXPECT_TRUE(std::ranges::count(prospect.possible, verdict.action))
          << text << name(verdict.action) << " was not foreseen: " << told(prospect);
    }
    ++(prospect.possible.size() == 1 ? single : several);
    if (prospect.possible.size() == 1) EXPECT_EQ(found.size(), 1u);
    if (prospect.possible != std::vector{Disposition::accept}) continue;
    ++(prospect.tags_rule.empty() ? sure_tags : unsure_tags);
    if (prospect.tags_rule.empty())
      EXPECT_EQ(with, std::set{came_with(prospect.tags, prospect.score_tag, prospect.score)}) << text;
    else
      EXPECT_FALSE(prospect.tags_hang_on.empty()) << text;
  }
  EXPECT_GT(single, 50u);
  EXPECT_GT(several, 50u);
  EXPECT_GT(sure_tags, 20u);
  EXPECT_GT(unsure_tags, 10u);
}

}  // namespace
