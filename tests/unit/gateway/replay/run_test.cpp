// A journal of some days, judged again on several threads, and what is told of it.
#include "gateway/replay/run.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <fstream>

#include "gateway/journal/day_file.h"
#include "gateway/replay/report.h"
#include "tests/support/desk_world.h"
#include "tests/support/policy_bench.h"
#include "tests/support/recorded_mail.h"
#include "tests/support/temporary_directory.h"

namespace gateway::replay {
namespace {

using support::RecordedMail;
using testing::HasSubstr;

const std::string kBefore = R"([[rule]]
id = "spf"
when = 'spf.mailfrom == fail'
then = "reject"
[[rule]]
id = "big"
when = 'message.size > 1000'
then = "quarantine"
)";
// spf goes, a rule about softfail comes; what was big is refused; one asks what was not recorded.
const std::string kAfter = R"([[rule]]
id = "soft"
when = 'spf.mailfrom == softfail'
then = "reject"
[[rule]]
id = "big"
when = 'message.size > 1000'
then = "reject"
[[rule]]
id = "person"
when = 'spf.mailfrom == neutral and header("X-Person") != ""'
then = "reject"
[[rule]]
id = "seen"
when = 'spf.mailfrom == none'
then = "quarantine"
trial = true
)";

class Replayed : public testing::Test {
 protected:
  Replayed() {
    const Time start = support::noon();
    const char* const outcomes[] = {"fail", "softfail", "pass", "neutral", "none"};
    for (int i = 0; i < 1000; ++i) {
      const Time now = start + std::chrono::hours(i % 72);
      RecordedMail mail;
      mail.facts =
          fmt::format("*; spf.mailfrom={}; message.size={}", outcomes[i % 5], i % 10 == 2 ? 2000 : 9);
      mail.id = fmt::format("0REC0RD0{:04}", i);
      mail.now = now;
      append(now, support::record_of(mail, *then.policy));
    }
  }

  void append(Time now, const std::string& line) {
    std::ofstream(directory.path() / journal::day_file_name(std::chrono::floor<std::chrono::days>(now)),
                  std::ios::app)
        << line << "\n";
  }

  Differences replayed(const std::string& policy, unsigned threads, Period period = {{}, Time::max()}) {
    if (period.to == Time::max()) period = {support::noon(), support::noon() + std::chrono::hours(72)};
    if (policy != text) in_force = support::desk_in_force(policy);
    text = policy;
    auto lines = DayLines::open(directory.path(), period);
    if (!lines) throw std::runtime_error(lines.error().text());
    return run(
        {.in_force = *in_force, .lines = **lines, .period = period, .trial = true, .threads = threads});
  }

  Report report(const Differences& differences) const {
    return {differences, *in_force, {support::noon(), support::noon() + std::chrono::hours(72)}, true};
  }

  const support::LoadedPolicy then = support::load_policy(kBefore);
  const support::TemporaryDirectory directory;
  std::shared_ptr<pipeline::InForce> in_force;
  std::string text;  // of its policy
};

TEST_F(Replayed, TheSamePolicyChangesNothing) {
  const Differences found = replayed(kBefore, 2);
  EXPECT_EQ(found.transactions, 1000u);
  EXPECT_EQ(found.judged, 1000u);
  EXPECT_EQ(found.same, 1000u);
  EXPECT_TRUE(found.groups.empty());
}

TEST_F(Replayed, AnotherPolicyMakesTheseDifferences) {
  const Differences found = replayed(kAfter, 2);
  EXPECT_EQ(found.same + found.changed + found.cannot_tell, found.judged);
  std::vector<std::string> rows;
  for (const auto& [key, group] : ordered(found, Retried::Kind::changed))
    rows.push_back(fmt::format("{} {} {} {}: {}", past(key->before), key->rule_before, past(key->after),
                               key->rule_after, group->count));
  EXPECT_EQ(rows, (std::vector<std::string>{"refused spf accepted @default: 200",
                                            "accepted @default refused soft: 200",
                                            "quarantined big refused big: 100"}));
  EXPECT_EQ(found.cannot_tell, 200u);
  EXPECT_EQ(found.trials.at("seen").held, 200u);
}

// The counts and the samples do not depend on who read what.
TEST_F(Replayed, OnAnyNumberOfThreadsItIsTheSame) {
  const Differences one = replayed(kAfter, 1);
  const std::string alone = as_json(report(one));
  const Differences several = replayed(kAfter, 7);
  EXPECT_EQ(as_json(report(several)), alone);
}

TEST_F(Replayed, OnlyThePeriodCounts) {
  const Time noon = support::noon();
  EXPECT_EQ(replayed(kAfter, 2, {noon, noon + std::chrono::hours(1)}).transactions, 14u);
  EXPECT_EQ(replayed(kAfter, 2, {noon + std::chrono::hours(71), noon + std::chrono::hours(500)}).transactions,
            13u);
  EXPECT_EQ(replayed(kAfter, 2, {noon - std::chrono::hours(500), noon}).transactions, 0u);
}

TEST_F(Replayed, OtherLinesAreCounted) {
  append(support::noon(), "no record");
  append(support::noon(), R"({"kind":"transaction","id":"torn)");
  RecordedMail session;
  session.session = true;
  session.facts = "client.ip=192.0.2.1";
  append(support::noon(), support::record_of(session, *then.policy));
  RecordedMail relay;
  relay.facts = "*";
  relay.refused_by = "@size";
  append(support::noon(), support::record_of(relay, *then.policy));
  const Differences found = replayed(kBefore, 2);
  EXPECT_EQ(found.unreadable, 2u);
  EXPECT_EQ(found.sessions, 1u);
  EXPECT_EQ(found.outside.at("@size"), 1u);
  EXPECT_EQ(found.judged, 1000u);
}

TEST_F(Replayed, ItIsToldToPeople) {
  const Differences found = replayed(kAfter, 2);
  const std::string text = tell(report(found), {});
  EXPECT_THAT(text, HasSubstr("1,000 transactions, 1,000 verdicts judged by policy.toml ("));
  EXPECT_THAT(text, HasSubstr("300 (30.0 %) stay as they are, 500 (50.0 %) change\n"));
  EXPECT_THAT(text, HasSubstr("\nwould be accepted that were refused: 200 (20.0 %)\n"
                              "        200   20.0 %  spf → @default\n"
                              "                      0REC0RD00995  "));
  EXPECT_THAT(text, HasSubstr("\nwould be refused that were accepted: 200 (20.0 %)\n"));
  EXPECT_THAT(text, HasSubstr("\nwould be refused that were quarantined: 100 (10.0 %)\n"));
  EXPECT_THAT(
      text, HasSubstr("  person hangs on header(\"X-Person\"), not recorded (accepted then by @default)\n"));
  EXPECT_THAT(text, HasSubstr("  seen: 200 accepted would be quarantined\n"));
  EXPECT_LT(text.find("accepted that were refused"), text.find("refused that were accepted"));
  EXPECT_LT(text.find("refused that were accepted"), text.find("refused that were quarantined"));
}

TEST_F(Replayed, ItIsToldToPrograms) {
  const Differences found = replayed(kAfter, 2);
  const auto root = boost::json::parse(as_json(report(found)));
  EXPECT_EQ(root.at("verdicts").as_int64(), 1000);
  EXPECT_EQ(root.at("changed").as_int64(), 500);
  EXPECT_EQ(root.at("changes").as_array().size(), 3u);
  const auto& first = root.at("changes").at(0);
  EXPECT_EQ(first.at("from").as_string(), "reject");
  EXPECT_EQ(first.at("to").as_string(), "accept");
  EXPECT_EQ(first.at("share").as_double(), 0.2);
  EXPECT_EQ(first.at("samples").as_array().size(), 3u);
  EXPECT_EQ(first.at("samples").at(0).at("id").as_string(), "0REC0RD00995");
  const auto& hanging = root.at("hanging").at(0);
  EXPECT_EQ(hanging.at("facts").at(0).as_string(), "header(\"X-Person\")");
  EXPECT_EQ(root.at("trial").at(0).at("would").at(0).at("to").as_string(), "quarantine");
}

}  // namespace
}  // namespace gateway::replay
