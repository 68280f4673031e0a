// Pairs of policies, a record made under the first, and what the second makes of it.
#include "gateway/replay/retrial.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "gateway/pipeline/record.h"
#include "gateway/replay/report.h"
#include "tests/support/desk_world.h"
#include "tests/support/golden_message.h"
#include "tests/support/named.h"
#include "tests/support/policy_bench.h"
#include "tests/support/recorded_mail.h"

namespace gateway::replay {
namespace {

using support::RecordedMail;

std::string rule(const std::string& id, const std::string& when, const std::string& then,
                 const std::string& more = "") {
  return "[[rule]]\nid = \"" + id + "\"\nwhen = '" + when + "'\n" +
         (then.empty() ? "" : "then = \"" + then + "\"\n") + more + "\n";
}

// "accepted by @default, refused by b": what it was and what it would be.
std::string told(const Retried& retried) {
  using Kind = Retried::Kind;
  const std::string before = fmt::format("{} by {}", past(retried.before), retried.rule_before);
  switch (retried.kind) {
    case Kind::same: return "same";
    case Kind::outside: return "outside " + std::string(retried.rule_before);
    case Kind::undecided: return "undecided";
    case Kind::other_tags: return "tags " + retried.tags;
    case Kind::cannot_tell:
      return fmt::format("{}, cannot tell{}: {} hangs on {}{}", before, retried.tags_hang ? " its tags" : "",
                         retried.rule_after, fmt::join(retried.hangs_on, " "),
                         retried.no_message ? " of no message" : "");
    default:
      return fmt::format(
          "{}, {} by {}{}{}", before, past(retried.after), retried.rule_after,
          retried.tags.empty() ? "" : ", tags " + retried.tags,
          retried.hangs_on.empty() ? "" : fmt::format(", tags hang on {}", fmt::join(retried.hangs_on, " ")));
  }
}

// What comes of all recipients.
std::string replayed(const std::string& line, const pipeline::InForce& in_force, bool trial = false) {
  const Retrial retrial(in_force, trial);
  const auto recorded = journal::decode(line, in_force.vocabulary, retrial.wanted().options());
  if (!recorded) return recorded.error().text();
  std::string all;
  retrial.judge(*recorded, [&](const Retried& retried) {
    all += (all.empty() ? "" : "; ") + told(retried);
    for (const TrialHit& hit : retried.trial)
      all +=
          fmt::format(" (trial {}: {}{})", hit.rule, past(hit.would), hit.differs ? "" : ", no difference");
  });
  return all;
}

struct Row {
  std::string name;
  std::string before;
  std::string after;
  RecordedMail mail;
  std::string expected;
  std::string configuration = {};
};
POSTERN_NAMED(Row)

class PairOfPolicies : public testing::TestWithParam<Row> {};

TEST_P(PairOfPolicies, MakesThisDifference) {
  const Row& row = GetParam();
  const auto then = support::load_policy(row.before);
  ASSERT_TRUE(then.policy) << then.diagnostics;
  const auto now = support::desk_in_force(row.after.empty() ? "# no rules\n" : row.after, row.configuration);
  EXPECT_EQ(replayed(support::record_of(row.mail, *then.policy), *now, true), row.expected);
}

// It makes none when it is the same.
TEST_P(PairOfPolicies, MakesNoDifferenceWithItself) {
  const Row& row = GetParam();
  const auto then = support::load_policy(row.before);
  const auto now = support::desk_in_force(row.before.empty() ? "# no rules\n" : row.before);
  std::string none = replayed(support::record_of(row.mail, *then.policy), *now);
  for (std::size_t at; (at = none.find("same; ")) != none.npos;) none.erase(at, 6);
  const bool lost = row.name == "a header field that was not UTF-8";  // in the record already
  EXPECT_TRUE(none == "same" || none.starts_with("outside") || none == "undecided" ||
              (lost && none.find("cannot tell") != none.npos))
      << none;
}

const std::string kDmarc = rule("dmarc", "dmarc.result == fail and dmarc.policy == reject", "reject");
const std::string kSpf = rule("spf", "spf.mailfrom == fail", "reject");
const std::string kTrusted = rule("trusted", "client.trusted", "accept");
const std::string kFailing = "*; dmarc.result=fail; dmarc.policy=reject; spf.mailfrom=fail; message.size=9";
const std::string kScores = "[score]\nquarantine = 5\nreject = 8\n";
const std::string kTagged = "[score]\ntag = 4\n" + rule("a", "true", "", "score = 5");
const std::string kOutside = rule("outside", "true", "tag", "subject = \"[A] \"");
const std::string kMailer = "header(\"X-Mailer\") contains \"x\"";
const std::string kListed = rule("listed", "client.ip in lists.bad", "reject");
const std::string kPeople = rule("people", "header(\"X-Person\") != \"\"", "quarantine");
const std::string kFine = "*; message.size=9";

INSTANTIATE_TEST_SUITE_P(
    Rules, PairOfPolicies,
    testing::Values(
        Row{"nothing changes", kDmarc, kDmarc, {kFailing}, "same"},
        Row{"a rule comes", "", kDmarc, {kFailing}, "accepted by @default, refused by dmarc"},
        Row{"a rule goes", kDmarc, "", {kFailing}, "refused by dmarc, accepted by @default"},
        Row{"a rule comes that does not hold", "", kDmarc, {kFine}, "same"},
        Row{"another order of the same action",
            kDmarc + kSpf,
            kSpf + kDmarc,
            {kFailing},
            "refused by dmarc, refused by spf"},
        Row{"another order that decides",
            kTrusted + kSpf,
            kSpf + kTrusted,
            {kFailing + "; client.trusted=yes"},
            "accepted by trusted, refused by spf"},
        Row{"a rule is renamed",
            rule("a", "true", "reject"),
            rule("b", "true", "reject"),
            {kFine},
            "refused by a, refused by b"},
        Row{"refuse becomes defer",
            rule("a", "true", "reject"),
            rule("a", "true", "defer"),
            {kFine},
            "refused by a, deferred by a"},
        Row{"refuse becomes quarantine",
            rule("a", "true", "reject"),
            rule("a", "true", "quarantine"),
            {kFine},
            "refused by a, quarantined by a"},
        Row{"quarantine becomes refuse",
            rule("a", "true", "quarantine"),
            rule("a", "true", "reject"),
            {kFine},
            "quarantined by a, refused by a"},
        Row{"quarantine comes",
            "",
            rule("a", "true", "quarantine"),
            {kFine},
            "accepted by @default, quarantined by a"},
        Row{"defer comes", "", rule("a", "true", "defer"), {kFine}, "accepted by @default, deferred by a"},
        Row{"only the reply is another",
            rule("a", "true", "reject"),
            rule("a", "true", "reject", "reply = '550 5.7.1 Other words'"),
            {kFine},
            "same"},
        Row{"a stricter threshold",
            kScores + rule("a", "true", "", "score = 5"),
            "[score]\nquarantine = 2\nreject = 5\n" + rule("a", "true", "", "score = 5"),
            {kFine},
            "quarantined by @score, refused by @score"},
        Row{"a milder threshold",
            kScores + rule("a", "true", "", "score = 5"),
            "[score]\nquarantine = 6\n" + rule("a", "true", "", "score = 5"),
            {kFine},
            "quarantined by @score, accepted by @default"},
        Row{"another score",
            kScores + rule("a", "true", "", "score = 5"),
            kScores + rule("a", "true", "", "score = 9"),
            {kFine},
            "quarantined by @score, refused by @score"},
        Row{"a negative score comes",
            kScores + rule("a", "true", "", "score = 5"),
            kScores + rule("a", "true", "", "score = 5") + rule("b", "true", "", "score = -1"),
            {kFine},
            "quarantined by @score, accepted by @default"},
        Row{"another default",
            "",
            "",
            {kFine},
            "accepted by @default, quarantined by @default",
            "policy.default = \"quarantine\"\n"},
        Row{"tags come and go",
            rule("a", "true", "tag", "subject = \"[A] \""),
            rule("b", "true", "tag", "subject = \"[B] \""),
            {kFine},
            "tags +b -a"},
        Row{"a tag says something else",
            rule("a", "true", "tag", "subject = \"[A] \""),
            rule("a", "true", "tag", "subject = \"[B] \""),
            {kFine},
            "tags +a -a"},
        Row{"tags of what is refused",
            rule("x", "true", "reject"),
            rule("a", "true", "tag", "subject = \"[A] \"") + rule("x", "true", "reject"),
            {kFine},
            "same"},
        Row{"an exemption comes",
            kDmarc,
            rule("friends", "from.domain == \"a.example\"", "exempt", "exempt = [\"dmarc\"]") + kDmarc,
            {kFailing + "; from.domain=a.example"},
            "refused by dmarc, accepted by @default"},
        Row{"an exemption goes",
            rule("friends", "from.domain == \"a.example\"", "exempt", "exempt = [\"dmarc\"]") + kDmarc,
            kDmarc,
            {kFailing + "; from.domain=a.example"},
            "accepted by @default, refused by dmarc"},
        Row{"an entry of a list comes",
            "[lists]\nbad = [\"192.0.2.9\"]\n" + kListed,
            "[lists]\nbad = [\"192.0.2.9\", \"198.51.100.0/24\"]\n" + kListed,
            {kFine + "; client.ip=198.51.100.7"},
            "accepted by @default, refused by listed"},
        Row{"an entry of a list goes",
            "[lists]\nbad = [\"192.0.2.9\", \"198.51.100.0/24\"]\n" + kListed,
            "[lists]\nbad = [\"192.0.2.9\"]\n" + kListed,
            {kFine + "; client.ip=198.51.100.7"},
            "refused by listed, accepted by @default"}));

INSTANTIATE_TEST_SUITE_P(
    TrialAndTime, PairOfPolicies,
    testing::Values(Row{"a trial ends",
                        kDmarc + "trial = true\n",
                        kDmarc,
                        {kFailing},
                        "accepted by @default, refused by dmarc"},
                    Row{"a rule is put on trial",
                        kDmarc,
                        kDmarc + "trial = true\n",
                        {kFailing},
                        "refused by dmarc, accepted by @default (trial dmarc: refused)"},
                    Row{"a rule on trial that comes too late",
                        kSpf,
                        kSpf + kDmarc + "trial = true\n",
                        {kFailing},
                        "same"},
                    Row{"a rule on trial of the same action",
                        kSpf,
                        kDmarc + "trial = true\n" + kSpf,
                        {kFailing},
                        "same (trial dmarc: refused, no difference)"},
                    Row{"a score on trial",
                        kScores,
                        kScores + rule("a", "true", "", "score = 6\ntrial = true"),
                        {kFine},
                        "same (trial a: quarantined)"},
                    Row{"a tag on trial",
                        "",
                        rule("a", "true", "tag", "subject = \"[A] \"\ntrial = true"),
                        {kFine},
                        "same (trial a: accepted)"},
                    Row{"a tag on trial for what is refused",
                        kSpf,
                        rule("a", "true", "tag", "subject = \"[A] \"\ntrial = true") + kSpf,
                        {kFailing},
                        "same (trial a: refused, no difference)"},
                    Row{"an exemption on trial",
                        kDmarc,
                        rule("friends", "true", "exempt", "trial = true\nexempt = [\"dmarc\"]") + kDmarc,
                        {kFailing},
                        "same (trial friends: accepted)"},
                    Row{"a rule had ended before",
                        "",
                        rule("a", "true", "reject", "until = 2026-05-31"),
                        {kFine},
                        "same"},
                    Row{"a rule holds as it held on that day",
                        rule("a", "true", "reject", "until = 2026-06-01"),
                        rule("a", "true", "reject", "until = 2026-06-01"),
                        {kFine},
                        "same"},
                    Row{"a rule ends earlier",
                        rule("a", "true", "reject", "until = 2026-06-01"),
                        rule("a", "true", "reject", "until = 2026-05-31"),
                        {kFine},
                        "refused by a, accepted by @default"},
                    Row{"the time of the mail is asked",
                        "",
                        rule("a", "now < 2026-06-02", "reject"),
                        {kFine},
                        "accepted by @default, refused by a"},
                    Row{"observed mail",
                        rule("a", "true", "reject"),
                        "",
                        {.facts = kFine, .mode = "observe"},
                        "refused by a, accepted by @default"},
                    Row{"to be observed",
                        rule("a", "true", "reject"),
                        rule("a", "true", "reject"),
                        {kFine},
                        "same",
                        "policy.mode = \"observe\"\n"}));

INSTANTIATE_TEST_SUITE_P(
    NotRecorded, PairOfPolicies,
    testing::Values(Row{"a fact",
                        "",
                        kDmarc,
                        {.facts = kFailing, .not_told = {"dmarc.policy"}},
                        "accepted by @default, cannot tell: dmarc hangs on dmarc.policy"},
                    Row{"a fact that does not matter",
                        "",
                        kDmarc,
                        {.facts = kFine, .not_told = {"dmarc.policy"}},
                        "same"},
                    Row{"a fact whose rule refuses like those below",
                        kSpf,
                        kDmarc + kSpf,
                        {.facts = kFailing, .not_told = {"dmarc.policy"}},
                        "same"},
                    Row{"a fact of a rule on trial",
                        "",
                        kDmarc + "trial = true\n",
                        {.facts = kFailing, .not_told = {"dmarc.policy"}},
                        "same"},
                    Row{"a fact of a score",
                        kScores,
                        kScores + rule("a", "dmarc.policy == reject", "", "score = 6"),
                        {.facts = kFailing, .not_told = {"dmarc.policy"}},
                        "accepted by @default, cannot tell: @score hangs on dmarc.policy"},
                    Row{"a fact that could only make it milder",
                        rule("a", "true", "reject"),
                        rule("b", "dmarc.policy == none", "accept") + rule("a", "true", "reject"),
                        {.facts = kFine, .not_told = {"dmarc.policy"}},
                        "refused by a, cannot tell: b hangs on dmarc.policy"},
                    Row{"what surely changes all the same",
                        kSpf,
                        rule("b", "dmarc.policy == none", "quarantine") + rule("c", "true", "quarantine"),
                        {.facts = kFailing, .not_told = {"dmarc.policy"}},
                        "refused by spf, quarantined by c"},
                    Row{"a header field",
                        "",
                        kPeople,
                        {kFine + "; X-Person: me"},
                        "accepted by @default, cannot tell: people hangs on header(\"X-Person\")"},
                    Row{"a header field that was named",
                        kPeople,
                        kPeople + kDmarc,
                        {kFailing + "; X-Person: me"},
                        "same"},
                    Row{"a header field that was not there",
                        kPeople,
                        rule("people", "header(\"x-person\") == \"\"", "reject"),
                        {kFine},
                        "accepted by @default, refused by people"},
                    Row{"a header field that was not UTF-8",
                        kPeople,
                        rule("people", "header(\"X-Person\") contains \"x\"", "reject"),
                        {kFine + "; X-Person: \xff"},
                        "quarantined by people, cannot tell: people hangs on header(\"X-Person\")"},
                    Row{"the subject",
                        "",
                        rule("a", "subject contains \"x\"", "reject"),
                        {.facts = kFine + "; subject=xyz", .subject = journal::SubjectMode::hash},
                        "accepted by @default, cannot tell: a hangs on subject"},
                    Row{"the subject, which is kept",
                        "",
                        rule("a", "subject contains \"x\"", "reject"),
                        {kFine + "; subject=xyz"},
                        "accepted by @default, refused by a"}));

INSTANTIATE_TEST_SUITE_P(
    ScoreTag, PairOfPolicies,
    testing::Values(Row{"it comes", rule("a", "true", "", "score = 5"), kTagged, {kFine}, "tags +@score"},
                    Row{"it goes", kTagged, rule("a", "true", "", "score = 5"), {kFine}, "tags -@score"},
                    Row{"its threshold rises",
                        kTagged,
                        "[score]\ntag = 6\n" + rule("a", "true", "", "score = 5"),
                        {kFine},
                        "tags -@score"},
                    Row{"its threshold rises to the total",
                        kTagged,
                        "[score]\ntag = 5\n" + rule("a", "true", "", "score = 5"),
                        {kFine},
                        "same"},
                    Row{"it says another total",
                        kTagged,
                        "[score]\ntag = 4\n" + rule("a", "true", "", "score = 5.5"),
                        {kFine},
                        "tags +@score -@score"},
                    Row{"it says the same though it is another",
                        kTagged,
                        "[score]\ntag = 4\n" + rule("a", "true", "", "score = 5.01"),
                        {kFine},
                        "same"},
                    Row{"it goes from what is accepted by another rule",
                        kTagged + rule("fine", "true", "accept"),
                        rule("good", "true", "accept"),
                        {kFine},
                        "accepted by fine, accepted by good, tags -@score"},
                    Row{"of what is refused",
                        kTagged + kSpf,
                        "[score]\ntag = 6\n" + rule("a", "true", "", "score = 5") + kSpf,
                        {kFailing},
                        "same"},
                    Row{"of each recipient by himself",
                        "[score]\ntag = 4\n" +
                            rule("boss", "rcpt.address == \"boss@example.com\"", "", "score = 5"),
                        "",
                        {.facts = kFine, .recipients = {"user@example.com", "boss@example.com"}},
                        "same; tags -@score"},
                    Row{"a score on trial would bring it",
                        "[score]\ntag = 4\n",
                        kTagged + "trial = true\n",
                        {kFine},
                        "same (trial a: accepted)"}));

INSTANTIATE_TEST_SUITE_P(
    TagsNotRecorded, PairOfPolicies,
    testing::Values(Row{"a header field of a tag",
                        "",
                        rule("mailer", kMailer, "tag", "subject = \"[X] \""),
                        {kFine + "; X-Mailer: x"},
                        "accepted by @default, cannot tell its tags: mailer hangs on header(\"X-Mailer\")"},
                    Row{"a header field of a tag that refused mail has not",
                        kSpf,
                        rule("mailer", kMailer, "tag", "subject = \"[X] \"") + kSpf,
                        {kFailing},
                        "same"},
                    Row{"a fact of a tag that could not hold anyway",
                        "",
                        rule("mailer", "client.trusted and " + kMailer, "tag", "subject = \"[X] \""),
                        {kFine + "; client.trusted=no"},
                        "same"},
                    Row{"a tag below what may accept before it",
                        "",
                        rule("mailer", kMailer, "accept") + kOutside,
                        {kFine},
                        "accepted by @default, cannot tell its tags: outside hangs on header(\"X-Mailer\")"},
                    Row{"a tag above what may accept",
                        "",
                        kOutside + rule("mailer", kMailer, "accept"),
                        {kFine},
                        "tags +outside"},
                    Row{"a tag that stays, above what may accept",
                        kOutside,
                        kOutside + rule("mailer", kMailer, "accept"),
                        {kFine},
                        "same"},
                    Row{"a tag above what surely accepts",
                        "",
                        rule("mailer", kMailer, "tag", "subject = \"[X] \"") + rule("fine", "true", "accept"),
                        {kFine},
                        "accepted by @default, accepted by fine, tags hang on header(\"X-Mailer\")"},
                    Row{"a score that the field would tell",
                        "[score]\ntag = 4\n",
                        "[score]\ntag = 4\n" + rule("mailer", kMailer, "", "score = 5"),
                        {kFine},
                        "accepted by @default, cannot tell its tags: @score hangs on header(\"X-Mailer\")"},
                    Row{"a score that the field would not tell",
                        "[score]\ntag = 4\n",
                        "[score]\ntag = 4\n" + rule("mailer", kMailer, "", "score = 3"),
                        {kFine},
                        "same"},
                    Row{"a score that would be another total",
                        kTagged,
                        kTagged + rule("mailer", kMailer, "", "score = -0.5"),
                        {kFine},
                        "accepted by @default, cannot tell its tags: @score hangs on header(\"X-Mailer\")"}));

// A recipient was refused, and no message came.
const std::string kEarly = "client.ip=192.0.2.7; client.trusted=no; spf.mailfrom=fail";

INSTANTIATE_TEST_SUITE_P(
    Early, PairOfPolicies,
    testing::Values(
        Row{"the rule goes",
            kSpf,
            kDmarc,
            {kEarly},
            "refused by spf, cannot tell: dmarc hangs on dmarc.result dmarc.policy of no message"},
        Row{"the rule goes, and nothing else could refuse",
            kSpf,
            "",
            {kEarly},
            "refused by spf, accepted by @default"},
        Row{"a rule above waits for the message", kSpf, kDmarc + kSpf, {kEarly}, "same"},
        Row{"a rule above that waits could accept",
            kSpf,
            rule("good", "dkim.result == pass", "accept") + kSpf,
            {kEarly},
            "refused by spf, cannot tell: good hangs on dkim.result of no message"},
        Row{"another rule refuses as early",
            kSpf,
            rule("ip", "client.ip == 192.0.2.7", "reject") + kSpf,
            {kEarly},
            "refused by spf, refused by ip"},
        Row{"at MAIL", kSpf, "", {.facts = kEarly, .recipients = {}}, "refused by spf, accepted by @default"},
        Row{"at MAIL, with a rule about recipients",
            kSpf,
            rule("post", "rcpt.address == \"postmaster@example.com\"", "accept") + kSpf,
            {.facts = kEarly, .recipients = {}},
            "refused by spf, cannot tell: post hangs on rcpt.address of no message"},
        Row{"in the greeting",
            rule("ip", "client.ip == 192.0.2.7", "reject", "refuse = \"earliest\""),
            kDmarc,
            {.facts = "client.ip=192.0.2.7", .session = true},
            "refused by ip, cannot tell: dmarc hangs on dmarc.result dmarc.policy of no message"},
        Row{"in the greeting, as before",
            rule("ip", "client.ip == 192.0.2.7", "reject"),
            rule("net", "client.ip in 192.0.2.0/24", "reject"),
            {.facts = "client.ip=192.0.2.7", .session = true},
            "refused by ip, refused by net"},
        Row{"nothing was decided",
            "",
            rule("a", "true", "reject"),
            {.facts = kEarly, .undecided = true},
            "undecided"},
        Row{"refused outside the rules",
            "",
            rule("a", "true", "reject"),
            {.facts = kFine, .refused_by = "@size"},
            "outside @size"},
        Row{"refused by a rule, and then outside",
            rule("a", "true", "reject"),
            "",
            {.facts = kFine, .refused_by = "@syntax"},
            "refused by a, accepted by @default"}));

const std::string kBoss = rule("boss", "rcpt.address == \"boss@example.com\"", "reject");

INSTANTIATE_TEST_SUITE_P(
    RecipientsAndTrouble, PairOfPolicies,
    testing::Values(
        Row{"each recipient by himself",
            "",
            kBoss,
            {.facts = kFine, .recipients = {"user@example.com", "boss@example.com"}},
            "same; accepted by @default, refused by boss"},
        Row{"what filters found of another recipient",
            "",
            rule("grey", "greylist == new", "defer"),
            {.facts = kFine + "; greylist=new", .recipients = {"user@example.com", "boss@example.com"}},
            "accepted by @default, deferred by grey; accepted by @default, cannot tell: grey hangs on "
            "greylist",
            "filter.greylist.enabled = true\n"},
        Row{"trouble that no rule asks about any more",
            kDmarc,
            kSpf,
            {kFine + "; dmarc.result=!timeout; dmarc.policy=reject"},
            "deferred by @trouble, accepted by @default"},
        Row{"a rule asks about what was in trouble",
            "",
            kDmarc,
            {kFine + "; dmarc.result=!timeout; dmarc.policy=reject"},
            "accepted by @default, deferred by @trouble"},
        Row{"trouble that had lasted",
            kDmarc,
            kDmarc + kSpf,
            {.facts = kFine + "; dmarc.result=!timeout; dmarc.policy=reject", .trouble_passed = true},
            "same"}));

// The journal of the shipped policy, judged by the shipped policy.
TEST(Retrial, FindsNoDifferenceInAllGoldenMessages) {
  for (const auto& eml : support::golden_messages()) {
    support::GoldenMessage message(eml);
    journal::Entry entry = pipeline::entry_of(message.transaction());
    const std::string found = replayed(journal::encode_record(entry), *message.in_force());
    for (std::size_t at = 0; at < found.size();) {
      const std::size_t end = std::min(found.find("; ", at), found.size());
      EXPECT_EQ(found.substr(at, end - at), "same") << eml;
      at = end + 2;
    }
    EXPECT_FALSE(found.empty()) << eml;
  }
}

}  // namespace
}  // namespace gateway::replay
