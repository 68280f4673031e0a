// What /metrics says, octet by octet.
#include "gateway/metrics/exposition.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "gateway/metrics/gauges.h"
#include "gateway/metrics/tally.h"
#include "tests/support/temporary_directory.h"

namespace gateway::metrics {
namespace {

using Type = Exposition::Type;

std::string lines_with(const std::string& text, std::string_view word) {
  std::string found;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    const std::string line = text.substr(begin, end - begin);
    if (line.find(word) != std::string::npos) found += line + "\n";
    begin = end + 1;
  }
  return found;
}

TEST(Exposition, WritesFamiliesAndSamples) {
  Exposition text;
  text.family("postern_things", Type::counter, "Things.");
  text.sample("_total", {{"kind", "a"}, {"of", "b"}}, 3);
  text.family("postern_room", Type::gauge, "Room.");
  text.sample("", {}, 0.25);
  EXPECT_EQ(std::move(text).done(),
            "# TYPE postern_things counter\n# HELP postern_things Things.\n"
            "postern_things_total{kind=\"a\",of=\"b\"} 3\n"
            "# TYPE postern_room gauge\n# HELP postern_room Room.\npostern_room 0.25\n# EOF\n");
}

TEST(Exposition, EscapesWhatEndsALabel) {
  Exposition text;
  text.family("f", Type::gauge, "h");
  text.sample("", {{"a", "\"} 1\n\\x"}, {"b", "\xFF"}, {"c", "é"}}, 1);
  EXPECT_EQ(lines_with(std::move(text).done(), "f{"), "f{a=\"\\\"} 1\\n\\\\x\",b=\"\\\\xff\",c=\"é\"} 1\n");
}

journal::Entry entry(const policy::Verdict& verdict, std::span<const Evidence> evidence) {
  journal::Entry entry;
  entry.verdict = &verdict;
  entry.evidence = evidence;
  entry.duration = 0.3;
  entry.size = 1000;
  entry.recipients.push_back({.address = "a@a.example", .verdict = &verdict, .fate = "refused"});
  return entry;
}

TEST(Tally, AddsTheLoopsTogether) {
  policy::Verdict verdict;
  verdict.settled = true;
  verdict.action = policy::Disposition::reject;
  verdict.rule = "dmarc-reject";
  verdict.trial = {"new-rule"};
  const std::vector<Evidence> evidence{{.method = "spf", .outcome = Outcome::fail}};

  std::vector<std::unique_ptr<Tally>> loops;
  for (int i = 0; i < 2; ++i) {
    loops.push_back(std::make_unique<Tally>());
    loops.back()->transaction(entry(verdict, evidence));
    loops.back()->session("quit");
    loops.back()->examined("spf", std::chrono::milliseconds(7));
  }
  Exposition exposition;
  Tally::tell(loops, exposition);
  const std::string text = std::move(exposition).done();
  for (const std::string_view line : {
           "postern_transactions_total{verdict=\"reject\",rule=\"dmarc-reject\"} 2\n",
           "postern_trial_rules_total{rule=\"new-rule\"} 2\n",
           "postern_recipients_total{mailstore=\"\",fate=\"refused\"} 2\n",
           "postern_evidence_total{method=\"spf\",outcome=\"fail\"} 2\n",
           "postern_message_bytes_total 2000\n",
           "postern_transaction_seconds_bucket{le=\"0.25\"} 0\n",
           "postern_transaction_seconds_bucket{le=\"0.5\"} 2\n",
           "postern_transaction_seconds_bucket{le=\"+Inf\"} 2\n",
           "postern_transaction_seconds_count 2\n",
           "postern_transaction_seconds_sum 0.6\n",
           "postern_filter_seconds_bucket{filter=\"spf\",le=\"0.005\"} 0\n",
           "postern_filter_seconds_bucket{filter=\"spf\",le=\"0.01\"} 2\n",
           "postern_sessions_without_message_total{ended=\"quit\"} 2\n",
       })
    EXPECT_NE(text.find(line), std::string::npos) << line << "in\n" << text;
}

TEST(Counts, StayFew) {
  Counts counts;
  for (int i = 0; i < 5000; ++i) counts.add("rule" + std::to_string(i));
  EXPECT_LE(counts.all().size(), 1001u);
  EXPECT_EQ(counts.all().at("other"), 4000u);
  EXPECT_EQ(counts.all().at("rule7"), 1u);
}

TEST(Gauges, CountWhatIsHeldAndLeaveOutWhatCannotBeRead) {
  const support::TemporaryDirectory directory;
  std::filesystem::create_directories(directory.path() / "retry");
  std::ofstream(directory.path() / "retry" / "one") << "x";
  Gauges gauges;
  gauges.version = "1.2";
  gauges.state = directory.path();
  gauges.retry = directory.path() / "retry";
  gauges.quarantine = directory.path() / "nowhere";
  gauges.index =
      journal::index::Indexer::State{.failures = 2, .lag_octets = 70, .lag = std::chrono::milliseconds(1500)};
  gauges.lists_set_aside = std::make_shared<const policy::List>(policy::List{"zen: silent"});
  Exposition exposition;
  tell(gauges, exposition);
  const std::string text = std::move(exposition).done();
  EXPECT_EQ(lines_with(text, "postern_held_messages{"), "postern_held_messages{store=\"retry\"} 1\n");
  EXPECT_EQ(lines_with(text, "set_aside{"), "postern_dns_list_set_aside{list=\"zen: silent\"} 1\n");
  EXPECT_EQ(lines_with(text, "postern_info"), "postern_info{version=\"1.2\",policy_version=\"\"} 1\n");
  EXPECT_NE(text.find("postern_disk_free_bytes "), std::string::npos);
  EXPECT_NE(text.find("postern_index_lag_seconds 1.5\n"), std::string::npos);
  EXPECT_NE(text.find("postern_index_lag_bytes 70\n"), std::string::npos);
  EXPECT_NE(text.find("postern_index_failures_total 2\n"), std::string::npos);
}

}  // namespace
}  // namespace gateway::metrics
