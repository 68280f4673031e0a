// The Overview: what is counted, and that each number leads to the records it counts.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <regex>

#include "gateway/journal/note.h"
#include "gateway/review/plot.h"
#include "tests/support/review_site.h"

namespace gateway::review {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;
using policy::Disposition;
using support::accepted_at;
using support::kJournalDay;
using support::session_at;

support::SampleEntry judged_at(std::chrono::seconds after, Disposition action, const std::string& rule,
                               const std::string& sender = "news@shop.example") {
  support::SampleEntry entry = accepted_at(after);
  entry.sender = sender;
  entry.verdict.action = action;
  entry.verdict.rule = rule;
  entry.verdict.trial = {"on-trial"};
  entry.facts.push_back({"dnsbl.listed", Fact(Fact::State::known, List{"zen"})});
  entry.recipients[0].verdict = entry.verdict;
  return entry;
}

class OverviewPage : public testing::TestWithParam<bool> {
 protected:
  OverviewPage() {
    site_.days.add(accepted_at(1h));
    site_.days.add(accepted_at(2h));
    support::SampleEntry tagged = accepted_at(2h + 1min);
    tagged.verdict.tags = {{.rule = "outside", .subject = "[EXTERN] ", .header = {}}};
    site_.days.add(tagged);
    site_.days.add(judged_at(10h, Disposition::reject, "dmarc-reject"));
    site_.days.add(judged_at(10h + 59min + 59s, Disposition::reject, "dmarc-reject", "x@other.example"));
    site_.days.add(judged_at(11h, Disposition::defer, "@trouble", ""));
    site_.days.add(judged_at(11h + 10min, Disposition::quarantine, "suspect"));
    // One of two recipients is refused: it counts once, as what the whole came to.
    support::SampleEntry split = accepted_at(3h);
    split.recipients.push_back(judged_at(3h, Disposition::reject, "dmarc-reject").recipients[0]);
    site_.days.add(split);
    support::SampleSession early = session_at(4h);
    early.verdict = judged_at(4h, Disposition::reject, "blocked-network").verdict;
    early.ended = "refused";
    site_.days.add(early);
    site_.days.add(session_at(5h));
    site_.days.add(accepted_at(-23h));  // before the 24 hours
    if (GetParam()) site_.days.make_index();
  }

  json::object asked(const std::string& target) { return json::parse(site_.page(target)).as_object(); }

  support::ReviewSite site_;
};

TEST_P(OverviewPage, counts_each_message_once) {
  const json::object view = asked("/api/v1/overview");
  EXPECT_EQ(view.at("messages"), 8);
  EXPECT_EQ(json::serialize(view.at("outcomes")),
            R"({"accept":3,"tag":1,"quarantine":1,"defer":1,"reject":2,"open":0})");
  EXPECT_EQ(view.at("sessions"), 2);
  EXPECT_EQ(
      json::serialize(view.at("rules")),
      R"([{"id":"@default","count":4},{"id":"dmarc-reject","count":2},{"id":"@trouble","count":1},{"id":"suspect","count":1}])");
  EXPECT_EQ(json::serialize(view.at("session_rules")), R"([{"id":"blocked-network","count":1}])");
  EXPECT_EQ(json::serialize(view.at("trials")), R"([{"id":"on-trial","count":4}])");
  EXPECT_EQ(json::serialize(view.at("lists")), R"([{"id":"zen","count":4}])");
  EXPECT_EQ(
      json::serialize(view.at("refused_domains")),
      R"([{"domain":"","count":1},{"domain":"other.example","count":1},{"domain":"shop.example","count":1}])");
  EXPECT_EQ(view.at("since"), "2026-11-24T12:00:00Z");
  EXPECT_EQ(view.at("until"), "2026-11-25T11:59:59Z");
  const json::array& steps = view.at("steps").as_array();
  ASSERT_EQ(steps.size(), 24u);
  EXPECT_EQ(steps.at(22).at("reject"), 2);
  EXPECT_EQ(steps.at(23).at("defer"), 1);
  EXPECT_EQ(asked("/api/v1/overview?period=7d").at("messages"), 9);
  EXPECT_EQ(asked("/api/v1/overview?period=30d").at("steps").as_array().size(), 60u);
}

TEST_P(OverviewPage, each_number_leads_to_the_records_it_counts) {
  static const std::regex number("^ *([0-9,]+)( |$)");
  std::size_t links = 0;
  for (const std::string period : {"24h", "7d", "30d"})
    for (const auto& [where, text] : support::links_in(site_.page("/?period=" + period))) {
      std::smatch found;
      if (!where.starts_with("/log?") || !std::regex_search(text, found, number)) continue;
      std::string digits = found[1];
      std::erase(digits, ',');
      const json::object list = asked("/api/v1" + where + "&limit=1000");
      EXPECT_EQ(std::to_string(list.at("records").as_array().size()), digits) << where;
      ++links;
    }
  EXPECT_GT(links, 60u);
}

TEST_P(OverviewPage, can_be_read_by_those_who_do_not_see_it) {
  const std::string page = site_.page("/");
  EXPECT_NE(
      page.find("<svg class='plot' viewBox='0 0 800 250' role='img' aria-labelledby='plot-title plot-text'>"),
      page.npos);
  EXPECT_NE(page.find("8 messages, 3 accepted, 1 tagged, 1 quarantined, 1 deferred, 2 refused"), page.npos);
  EXPECT_NE(page.find("<summary>As a table</summary>"), page.npos);
}

INSTANTIATE_TEST_SUITE_P(Index, OverviewPage, testing::Bool());

TEST(Overview, of_an_empty_journal_is_empty) {
  support::ReviewSite site;
  EXPECT_EQ(site.get("/").status, 200);
  EXPECT_EQ(json::parse(site.page("/api/v1/overview")).at("messages"), 0);
}

TEST(Overview, of_an_unknown_period_is_refused) {
  support::ReviewSite site;
  EXPECT_EQ(site.get("/?period=1y").status, 400);
  const web::Response answer = site.get("/api/v1/overview?period=1y");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(json::parse(answer.body).at("error"), "period: expected 24h, 7d or 30d");
}

TEST(Overview, says_what_is_wrong_with_the_journal_and_its_index) {
  support::ReviewSite site;
  const auto has = [&](std::string_view text) { return site.page("/").find(text) != std::string::npos; };
  EXPECT_FALSE(has("class='notice"));
  site.status.journal.dropped = 3;
  EXPECT_TRUE(has("3 records were dropped"));
  site.status.index->lag = 90s;
  EXPECT_TRUE(has("90 s behind"));
  site.status.index->trouble = "no <room>";
  EXPECT_TRUE(has("cannot be written: no &lt;room&gt;"));
  site.status.index.reset();
  EXPECT_TRUE(has("switched off"));
}

TEST(Overview, says_what_the_journal_lacks) {
  support::ReviewSite site;
  journal::Gap gap;
  gap.id = accepted_at(1h).id;
  gap.when = gap.since = gap.until = kJournalDay + 1h;
  gap.until += 90s;
  gap.failed = 7;
  gap.why = "No space <left>";
  site.days.append(journal::encode_gap(gap) + "\n");
  EXPECT_NE(site.page("/").find("7 records of this period could not be written"), std::string::npos);
  EXPECT_NE(site.page("/").find("7 records are missing, "), std::string::npos);
  EXPECT_NE(site.page("/").find(": No space &lt;left&gt;"), std::string::npos);
  const json::value view = json::parse(site.page("/api/v1/overview"));
  EXPECT_EQ(view.at("records_lost"), 7);
  EXPECT_EQ(
      json::serialize(view.at("gaps")),
      R"([{"since":"2026-11-25T01:00:00Z","until":"2026-11-25T01:01:30Z","lost":7,"why":"No space <left>"}])");
  gap.when -= 48h;  // told before this period began
  gap.id = accepted_at(-48h).id;
  site.days.append(journal::encode_gap(gap) + "\n");
  EXPECT_EQ(json::parse(site.page("/api/v1/overview")).at("records_lost"), 7);
  EXPECT_EQ(json::parse(site.page("/api/v1/overview?period=7d")).at("records_lost"), 14);
}

TEST(Overview, tells_lists_that_are_set_aside_and_rules_on_trial) {
  support::ReviewSite site;
  site.status.lists = {{"zen"}, {"sorbs", "lists <everybody>"}};
  site.status.trials = {{"own-domain-spoof"}};
  const std::string page = site.page("/");
  EXPECT_NE(page.find("<span class='state doubtful'>set aside</span>: lists &lt;everybody&gt;"), page.npos);
  EXPECT_NE(page.find("<code>own-domain-spoof</code>"), page.npos);
  const json::value status = json::parse(site.page("/api/v1/status"));
  EXPECT_EQ(status.at("dns").at("lists").at(1).at("set_aside"), true);
  EXPECT_EQ(status.at("trials").at(0), "own-domain-spoof");
}

TEST(Plot, ends_at_a_number_that_is_easily_read) {
  for (const auto& [number, wanted] : {std::pair<std::uint64_t, std::uint64_t>{0, 1},
                                       {1, 1},
                                       {3, 5},
                                       {5, 5},
                                       {6, 10},
                                       {11, 20},
                                       {38'000, 50'000},
                                       {50'001, 100'000}})
    EXPECT_EQ(nice_ceiling(number), wanted);
}

}  // namespace
}  // namespace gateway::review
