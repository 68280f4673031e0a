// What a list of rules comes to: order, scores, tags, trial, exemptions, trouble, and the same verdict early
// and late.
#include <gtest/gtest.h>

#include "tests/support/named.h"
#include "tests/support/policy_bench.h"

namespace {

using namespace policy;

std::string summary(const Verdict& verdict) {
  if (!verdict.settled) return "open";
  return std::string(name(verdict.action)) + " " + verdict.rule;
}

Verdict judge(const std::string& rules, const std::string& given, Policy::Moment moment) {
  const auto loaded = support::load_policy(rules);
  EXPECT_TRUE(loaded.policy) << loaded.diagnostics;
  if (!loaded.policy) return {};
  Facts facts(support::full_vocabulary());
  support::set_facts(facts, given);
  return loaded.policy->decide(facts, moment);
}

struct Case {
  std::string name;
  std::string rules;
  std::string facts;
  std::string early;  // before the end of the message
  std::string late;   // at its end
};
POSTERN_NAMED(Case)

class Deciding : public testing::TestWithParam<Case> {};

TEST_P(Deciding, ComesTo) {
  EXPECT_EQ(summary(judge(GetParam().rules, GetParam().facts, {})), GetParam().early);
  EXPECT_EQ(summary(judge(GetParam().rules, GetParam().facts, {.at_end = true})), GetParam().late);
}

std::string rule(const std::string& id, const std::string& when, const std::string& then,
                 const std::string& more = "") {
  return "[[rule]]\nid = \"" + id + "\"\nwhen = '" + when + "'\n" +
         (then.empty() ? "" : "then = \"" + then + "\"\n") + more + "\n";
}

INSTANTIATE_TEST_SUITE_P(
    Order, Deciding,
    testing::Values(
        Case{"no rule", "", "", "accept @default", "accept @default"},
        Case{"first that holds", rule("a", "client.trusted", "accept") + rule("b", "true", "reject"),
             "client.trusted=yes", "accept a", "accept a"},
        Case{"second when the first does not",
             rule("a", "client.trusted", "accept") + rule("b", "true", "reject"), "client.trusted=no",
             "reject b", "reject b"},
        Case{"an open rule above makes it wait",
             rule("a", "dkim.result == pass", "accept") + rule("b", "client.ip == 192.0.2.1", "reject"),
             "client.ip=192.0.2.1", "open", "defer @trouble"},
        Case{"an open rule below does not",
             rule("b", "client.ip == 192.0.2.1", "reject") + rule("a", "dkim.result == pass", "accept"),
             "client.ip=192.0.2.1", "reject b", "reject b"},
        Case{"known not to hold by its other half",
             rule("a", "dkim.result == pass and client.trusted", "accept") + rule("b", "true", "reject"),
             "client.trusted=no", "reject b", "reject b"},
        Case{"tags do not make wait",
             rule("a", "dkim.result == pass", "tag", "header = \"X-A: b\"") + rule("b", "true", "reject"), "",
             "reject b", "reject b"},
        Case{"trial does not decide", rule("a", "true", "reject", "trial = true"), "", "accept @default",
             "accept @default"},
        Case{"quarantine", rule("a", "true", "quarantine"), "", "quarantine a", "quarantine a"},
        Case{"ended", rule("a", "true", "reject", "until = 2026-05-31"), "", "accept @default",
             "accept @default"},
        Case{"its last day", rule("a", "true", "reject", "until = 2026-06-01"), "", "reject a", "reject a"},
        Case{"ends by the time of the message", rule("a", "true", "reject", "until = 2026-06-01"),
             "now=2026-06-02", "accept @default", "accept @default"}),
    [](const auto& info) { return "n" + std::to_string(info.index); });

const std::string kScores = "[score]\ntag = 2\nquarantine = 5\nreject = 8\n";
INSTANTIATE_TEST_SUITE_P(
    Scores, Deciding,
    testing::Values(
        Case{"below", kScores + rule("a", "true", "", "score = 4.9"), "", "accept @default",
             "accept @default"},
        Case{"at the threshold", kScores + rule("a", "true", "", "score = 5"), "", "quarantine @score",
             "quarantine @score"},
        Case{"together", kScores + rule("a", "true", "", "score = 5") + rule("b", "true", "tag", "score = 3"),
             "", "reject @score", "reject @score"},
        Case{"a negative one",
             kScores + rule("a", "true", "", "score = 9") + rule("b", "true", "", "score = -5"), "",
             "accept @default", "accept @default"},
        Case{"open while it could cross", kScores + rule("a", "dkim.result == pass", "", "score = 5"), "",
             "open", "accept @default"},
        Case{
            "open downwards",
            kScores + rule("a", "true", "", "score = 6") + rule("b", "dkim.result == pass", "", "score = -2"),
            "", "open", "quarantine @score"},
        Case{"settled when it cannot cross", kScores + rule("a", "dkim.result == pass", "", "score = 4"), "",
             "accept @default", "accept @default"},
        Case{"trouble is passed over", kScores + rule("a", "dkim.result == pass", "", "score = 9"),
             "dkim.result=!timeout", "accept @default", "accept @default"},
        Case{"a rule decides before the total",
             kScores + rule("a", "true", "", "score = 9") + rule("b", "true", "accept"), "", "accept b",
             "accept b"}),
    [](const auto& info) { return "n" + std::to_string(info.index); });

// A total of 6 is quarantined, one of 4 or 12 refused: the outermost totals agree and say nothing.
TEST(Scores, AreOpenBetweenAStrictDefaultAndAStricterTotal) {
  const auto loaded = support::load_policy(
      "[score]\nquarantine = 5\nreject = 12\n" + rule("a", "true", "", "score = 4") +
          rule("b", "dkim.result == pass", "", "score = 2") + rule("c", "dkim.weak", "", "score = 6"),
      {.by_default = Disposition::reject});
  ASSERT_TRUE(loaded.policy) << loaded.diagnostics;
  Facts facts(support::full_vocabulary());
  EXPECT_EQ(summary(loaded.policy->decide(facts, {})), "open");
  support::set_facts(facts, "dkim.result=pass");
  EXPECT_EQ(summary(loaded.policy->decide(facts, {})), "open");
  support::set_facts(facts, "dkim.weak=no");
  EXPECT_EQ(summary(loaded.policy->decide(facts, {})), "quarantine @score");
}

const std::string kExempted = rule("friends", "spf.mailfrom == pass", "exempt", "exempt = [\"strict\"]") +
                              rule("strict", "dmarc.result == fail", "reject");
INSTANTIATE_TEST_SUITE_P(
    Exemptions, Deciding,
    testing::Values(Case{"exempt", kExempted, "spf.mailfrom=pass;dmarc.result=fail", "accept @default",
                         "accept @default"},
                    Case{"not exempt", kExempted, "spf.mailfrom=fail;dmarc.result=fail", "reject strict",
                         "reject strict"},
                    Case{"perhaps exempt, needed", kExempted, "spf.mailfrom=!timeout;dmarc.result=fail",
                         "defer @trouble", "defer @trouble"},
                    Case{"perhaps exempt, not needed", kExempted, "spf.mailfrom=!timeout;dmarc.result=pass",
                         "accept @default", "accept @default"},
                    Case{"an exemption below counts too",
                         rule("strict", "true", "reject") +
                             rule("friends", "spf.mailfrom == pass", "exempt", "exempt = [\"strict\"]"),
                         "spf.mailfrom=pass", "accept @default", "accept @default"},
                    Case{"an exemption on trial does not",
                         rule("friends", "true", "exempt", "trial = true\nexempt = [\"strict\"]") +
                             rule("strict", "true", "reject"),
                         "", "reject strict", "reject strict"},
                    Case{"an exemption that has ended does not",
                         rule("friends", "true", "exempt", "until = 2026-07-01\nexempt = [\"strict\"]") +
                             rule("strict", "true", "reject"),
                         "now=2026-07-02", "reject strict", "reject strict"}),
    [](const auto& info) { return "n" + std::to_string(info.index); });

// Ten rules; which look-up troubles defer, and which change nothing.  Everything not named is known and
// harmless.
const std::string kTenRules =
    rule("r1-blocked", "client.ip in 198.51.100.0/24", "reject") +
    rule("r2-partner", "dkim.pass_domains has \"partner.example\"", "accept") +
    rule("r3-defect", "from.defect != \"\"", "reject") +
    rule("r4-list", "dmarc.result == fail and header(\"List-Id\") != \"\"", "quarantine") +
    rule("r5-dmarc", "dmarc.result == fail and dmarc.policy == reject", "reject") +
    rule("r6-spf", "spf.mailfrom == fail and dkim.result != pass", "reject") +
    rule("r7-temperror", "spf.helo == temperror", "", "score = 1") +
    rule("r8-soft", "spf.mailfrom == softfail", "tag", "header = \"X-Softfail: yes\"") +
    rule("r9-no-helo", "spf.helo == fail", "defer") +
    rule("r10-trial", "dkim.result == none", "reject", "trial = true");

struct Trouble {
  std::string name;
  std::string facts;
  std::string verdict;
  std::string hangs_on;  // what @trouble names
};
POSTERN_NAMED(Trouble)

class TenRules : public testing::TestWithParam<Trouble> {};

TEST_P(TenRules, DefersOnlyWhereTheVerdictHangsOnIt) {
  const Verdict verdict = judge(kTenRules, GetParam().facts + ";*", {.at_end = true, .outcomes = true});
  EXPECT_EQ(summary(verdict), GetParam().verdict);
  std::string hangs_on;
  for (const std::string& one : verdict.trouble) hangs_on += (hangs_on.empty() ? "" : " | ") + one;
  EXPECT_EQ(hangs_on, GetParam().hangs_on);
  ASSERT_EQ(verdict.rules.size(), 10u);
  if (verdict.rule == "@trouble") {
    EXPECT_EQ(verdict.reply.code, 451);
    EXPECT_EQ(verdict.reply.detail, "4.3");
    // "rule 'r5-dmarc' is unknown | dmarc.result: …"
    const std::string name = verdict.trouble.at(0).substr(0, verdict.trouble.at(0).rfind('\'') + 1);
    const std::string fact = verdict.trouble.at(1).substr(0, verdict.trouble.at(1).find(':'));
    EXPECT_NE(verdict.reply.text.find(name + " hangs on " + fact), std::string::npos) << verdict.reply.text;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, TenRules,
    testing::Values(
        Trouble{"nothing in trouble", "", "accept @default", ""},
        // r2 accepts, and so does the rest: the trouble of a DKIM key costs nobody anything.
        Trouble{"dkim key, rest accepts", "dkim.pass_domains=!TXT k: timeout;dkim.result=!TXT k: timeout",
                "accept @default", ""},
        // … but it does where the rest would refuse.
        Trouble{"dkim key, dmarc fails",
                "dkim.pass_domains=!TXT k: timeout;dmarc.result=fail;dmarc.policy=reject", "defer @trouble",
                "rule 'r2-partner' is unknown | dkim.pass_domains: TXT k: timeout"},
        Trouble{"dkim key of another, the partner is sure",
                "dkim.pass_domains=!TXT k: timeout|partner.example;dmarc.result=fail;dmarc.policy=reject",
                "accept r2-partner", ""},
        Trouble{"dmarc in trouble, p=reject", "dmarc.result=!TXT k: timeout;dmarc.policy=reject",
                "defer @trouble", "rule 'r5-dmarc' is unknown | dmarc.result: TXT k: timeout"},
        Trouble{"dmarc in trouble, p=none", "dmarc.result=!TXT k: timeout;dmarc.policy=none",
                "accept @default", ""},
        Trouble{"dmarc policy in trouble, result fail",
                "dmarc.result=fail;dmarc.policy=!TXT _dmarc: servfail", "defer @trouble",
                "rule 'r5-dmarc' is unknown | dmarc.policy: TXT _dmarc: servfail"},
        Trouble{"dmarc policy in trouble, result pass",
                "dmarc.result=pass;dmarc.policy=!TXT _dmarc: servfail", "accept @default", ""},
        Trouble{"spf in trouble, dkim passes", "spf.mailfrom=!x;dkim.result=pass", "accept @default", ""},
        Trouble{"spf in trouble, dkim fails", "spf.mailfrom=!x;dkim.result=fail", "defer @trouble",
                "rule 'r6-spf' is unknown | spf.mailfrom: x"},
        Trouble{"spf fails, dkim in trouble", "spf.mailfrom=fail;dkim.result=!y", "defer @trouble",
                "rule 'r6-spf' is unknown | dkim.result: y"},
        Trouble{"spf passes, dkim in trouble", "spf.mailfrom=pass;dkim.result=!y", "accept @default", ""},
        Trouble{"both in trouble", "spf.mailfrom=!x;dkim.result=!y", "defer @trouble",
                "rule 'r6-spf' is unknown | spf.mailfrom: x | dkim.result: y"},
        Trouble{"helo in trouble: the deferring rule comes to a defer either way or not", "spf.helo=!x",
                "defer @trouble", "rule 'r9-no-helo' is unknown | spf.helo: x"},
        Trouble{"a rule above decides first",
                "client.ip=198.51.100.9;spf.mailfrom=!x;dkim.result=!y;dmarc.result=!z", "reject r1-blocked",
                ""},
        Trouble{"the same action below: named by the rule that surely decides",
                "dmarc.result=!z;dmarc.policy=reject;spf.mailfrom=fail;dkim.result=fail", "reject r6-spf",
                ""}),
    [](const auto& info) { return "n" + std::to_string(info.index); });

TEST(TroublePassed, CountsAsNotHeld) {
  EXPECT_EQ(summary(judge(kTenRules, "spf.mailfrom=!x;dkim.result=fail;*",
                          {.at_end = true, .trouble_passed = true})),
            "accept @default");
}

TEST(Verdicts, CarryTagsScoresTrialsAndReasons) {
  const Verdict verdict = judge(kScores + rule("t", "true", "tag", "subject = \"[X] \"\nscore = 3") +
                                    rule("h", "true", "tag", "header = \"X-Y: z\"") +
                                    rule("trial", "true", "reject", "trial = true") +
                                    rule("ok", "client.trusted", "accept", "override = \"mailing_list\""),
                                "client.trusted=yes", {.at_end = true});
  EXPECT_EQ(summary(verdict), "accept ok");
  EXPECT_EQ(verdict.score, 3);
  EXPECT_TRUE(verdict.score_tag);
  ASSERT_EQ(verdict.tags.size(), 2u);
  EXPECT_EQ(verdict.tags[0].subject, "[X] ");
  EXPECT_EQ(verdict.tags[1].header, "X-Y: z");
  EXPECT_EQ(verdict.trial, std::vector<std::string>{"trial"});
  EXPECT_EQ(verdict.override_reason, "mailing_list");
}

struct Said {
  std::string name;
  std::string rule;
  std::string reply;
};
POSTERN_NAMED(Said)
class Replies : public testing::TestWithParam<Said> {};
TEST_P(Replies, FollowTheRule) {
  const Verdict verdict =
      judge(GetParam().rule, "from.domain=a.example;spf.domain=b.example;client.ip=192.0.2.1;subject=x\ty;*",
            {.at_end = true});
  EXPECT_EQ(std::to_string(verdict.reply.code) + " " + verdict.reply.detail + " " + verdict.reply.text,
            GetParam().reply);
}
INSTANTIATE_TEST_SUITE_P(
    Table, Replies,
    testing::Values(
        Said{"dmarc", rule("a", "dmarc.result == none", "reject"),
             "550 7.26 DMARC check of a.example failed and this message is refused by policy"},
        Said{"spf",
             rule("a", "client.ip == 192.0.2.1 and spf.mailfrom == none and dmarc.result == none", "reject"),
             "550 7.23 SPF check of b.example failed: client not authorised"},
        Said{"dkim", rule("a", "dkim.result == none", "reject"),
             "550 7.20 no acceptable DKIM signature found"},
        Said{"other", rule("a", "true", "reject"), "550 7.1 refused by local policy"},
        Said{"defer", rule("a", "true", "defer"), "451 7.1 not accepted now, try again later"},
        Said{"written", rule("a", "true", "reject", "reply = \"554 5.7.9 go away {client.ip}, {{really}}\""),
             "554 7.9 go away 192.0.2.1, {really}"},
        Said{"control octets of a fact", rule("a", "true", "reject", "reply = \"550 {subject}\""),
             "550 7.1 x?y"}),
    [](const auto& info) { return "n" + std::to_string(info.index); });

TEST(Stages, RulesDecideAsSoonAsAllAboveCanBeKnown) {
  const auto loaded = support::load_policy(rule("ip", "client.ip in 192.0.2.0/24", "reject") +
                                           rule("signed", "dkim.result == pass", "accept") +
                                           rule("late", "spf.mailfrom == fail", "reject"));
  ASSERT_TRUE(loaded.policy) << loaded.diagnostics;
  const std::vector<Stage> stages = loaded.policy->stages();
  ASSERT_EQ(stages.size(), 3u);
  EXPECT_EQ(stages[0].at, Phase::connect);
  EXPECT_EQ(stages[1].at, Phase::message);
  EXPECT_EQ(stages[2].alone, Phase::mail);
  EXPECT_EQ(stages[2].at, Phase::message);
  EXPECT_EQ(stages[2].because, "signed");
  EXPECT_NE(
      loaded.diagnostics.find("'late' could decide at mail but waits for the message because of 'signed'"),
      std::string::npos)
      << loaded.diagnostics;
}

TEST(Stages, WaitOnlyForFiltersThatCouldSettle) {
  using Names = std::vector<std::string>;
  const auto awaited = [](const std::string& rules, Phase phase) {
    return support::load_policy(rules).policy->awaited(phase);
  };
  const std::string spf = rule("spf", "spf.mailfrom == fail", "reject");
  const std::string dkim = rule("dkim", "dkim.result == pass", "accept");
  EXPECT_EQ(awaited(spf, Phase::rcpt), Names{"spf"});
  EXPECT_EQ(awaited(spf, Phase::connect), Names{});
  EXPECT_EQ(awaited(dkim + spf, Phase::rcpt), Names{});
  EXPECT_EQ(awaited(dkim + spf, Phase::message), (Names{"dkim", "spf"}));
  EXPECT_EQ(awaited(rule("both", "spf.mailfrom == fail and dmarc.result == fail", "reject"), Phase::rcpt),
            Names{});
  EXPECT_EQ(awaited(kScores + rule("s", "spf.mailfrom == fail", "", "score = 9"), Phase::rcpt), Names{"spf"});
}

struct Applied {
  std::string name;
  std::string rules;  // the first is on trial
  std::string facts;
  std::string expected;
};
POSTERN_NAMED(Applied)

class OnTrial : public testing::TestWithParam<Applied> {};

TEST_P(OnTrial, CanBeTakenAsIfItWereNot) {
  const Verdict verdict = judge(GetParam().rules, GetParam().facts, {.at_end = true, .applied = 0});
  EXPECT_EQ(summary(verdict), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Table, OnTrial,
    testing::Values(
        Applied{"it decides", rule("a", "client.trusted", "reject", "trial = true"), "client.trusted=yes",
                "reject a"},
        Applied{"it does not hold", rule("a", "client.trusted", "reject", "trial = true"),
                "client.trusted=no", "accept @default"},
        Applied{"it counts", kScores + rule("a", "true", "", "score = 5\ntrial = true"), "",
                "quarantine @score"},
        Applied{"it exempts",
                rule("friends", "client.trusted", "exempt", "trial = true\nexempt = [\"strict\"]") +
                    rule("strict", "true", "reject"),
                "client.trusted=yes", "accept @default"},
        Applied{"it does not exempt when it does not hold",
                rule("friends", "client.trusted", "exempt", "trial = true\nexempt = [\"strict\"]") +
                    rule("strict", "true", "reject"),
                "client.trusted=no", "reject strict"},
        Applied{"its time has passed", rule("a", "true", "reject", "trial = true\nuntil = 2026-01-01"), "",
                "accept @default"},
        Applied{"others stay on trial",
                rule("a", "false", "reject", "trial = true") + rule("b", "true", "defer", "trial = true"), "",
                "accept @default"}),
    [](const auto& info) { return "n" + std::to_string(info.index); });

}  // namespace
