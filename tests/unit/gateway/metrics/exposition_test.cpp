// What /metrics says, octet by octet.
#include "gateway/metrics/exposition.h"

#include <gtest/gtest.h>

#include "gateway/metrics/gauges.h"
#include "gateway/metrics/tally.h"

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

TEST(Gauges, TellTheStatusAndLeaveOutWhatCannotBeRead) {
  status::Status status;
  status.version = "1.2";
  status.waiting.count = 1;
  status.quarantine.readable = false;
  status.disks = {{"/var/lib/postern", 0.5, 50, 100}};
  status.index =
      journal::index::Indexer::State{.failures = 2, .lag_octets = 70, .lag = std::chrono::milliseconds(1500)};
  status.lists = {{"zen", "silent"}, {"sorbs"}};
  status.listeners = {{"0.0.0.0:25", 3, 40}};
  status.mailstores = {{"main", "smtp", {{"10.0.0.5:25", true, {}, {10, 2, 4, 1}}}},
                       {"files", "maildir", {}}};
  status.list_files = {{"blocked", "blocked.txt", 7, Time(std::chrono::seconds(100))}};
  status.certificates = {{"full.pem", {}, 80, "", Time(std::chrono::seconds(7'000'000))},
                         {"gone.pem", {}, 0, "no such file"}};
  status.dns.answers[static_cast<std::size_t>(DnsStatus::servfail)].add(0.3);
  Exposition exposition;
  tell(status, exposition);
  const std::string text = std::move(exposition).done();
  EXPECT_EQ(lines_with(text, "postern_held_messages{"), "postern_held_messages{store=\"retry\"} 1\n");
  EXPECT_EQ(lines_with(text, "set_aside{"), "postern_dns_list_set_aside{list=\"zen: silent\"} 1\n");
  EXPECT_EQ(lines_with(text, "postern_info"), "postern_info{version=\"1.2\",policy_version=\"\"} 1\n");
  EXPECT_EQ(lines_with(text, "certificate_ends_seconds{"),
            "postern_certificate_ends_seconds{file=\"full.pem\"} 7000000\n");
  EXPECT_EQ(lines_with(text, "list_file_alerted_seconds{"), "");
  for (const std::string_view line : {
           "postern_disk_free_bytes 50\n",
           "postern_disk_bytes 100\n",
           "postern_index_lag_seconds 1.5\n",
           "postern_index_lag_bytes 70\n",
           "postern_index_failures_total 2\n",
           "postern_listener_sessions{listener=\"0.0.0.0:25\"} 3\n",
           "postern_listener_sessions_taken_total{listener=\"0.0.0.0:25\"} 40\n",
           "postern_mailstore_connections{mailstore=\"main\",server=\"10.0.0.5:25\",state=\"busy\"} 2\n",
           "postern_mailstore_connections{mailstore=\"main\",server=\"10.0.0.5:25\",state=\"idle\"} 4\n",
           "postern_mailstore_waiting{mailstore=\"main\",server=\"10.0.0.5:25\"} 1\n",
           "postern_list_file_entries{list=\"blocked\"} 7\n",
           "postern_list_file_taken_seconds{list=\"blocked\"} 100\n",
           "postern_dns_answers_total{status=\"servfail\"} 1\n",
           "postern_dns_answer_seconds_bucket{status=\"servfail\",le=\"0.25\"} 0\n",
           "postern_dns_answer_seconds_bucket{status=\"servfail\",le=\"0.5\"} 1\n",
       })
    EXPECT_NE(text.find(line), std::string::npos) << line << "in\n" << text;
}

TEST(Durations, AreToldByWhatAShareOfThemDoesNotExceed) {
  Durations all;
  EXPECT_EQ(all.quantile(0.5), std::nullopt);
  for (int i = 0; i < 98; ++i) all.add(0.002);
  all.add(4);
  all.add(1000);
  EXPECT_EQ(all.count(), 100u);
  const double half = *all.quantile(0.5);
  EXPECT_GT(half, 0.001);
  EXPECT_LE(half, 0.0025);
  const double most = *all.quantile(0.99);
  EXPECT_GT(most, 2.5);
  EXPECT_LE(most, 5.0);
  EXPECT_EQ(all.quantile(1), 60.0);
}

}  // namespace
}  // namespace gateway::metrics
