// What of the gateway's state needs somebody's attention, and how it is told to a monitor.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <functional>

#include "gateway/status/json.h"
#include "gateway/status/text.h"
#include "tests/support/named.h"

namespace gateway::status {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr Time kNow{seconds(1'795'600'000)};

Status fine() {
  Status status;
  status.version = "0.1.0";
  status.hostname = "mx1.example.com";
  status.mode = "enforce";
  status.now = kNow;
  status.started = kNow - hours(50);
  status.most_connections = 1000;
  status.mailstores = {{"main", "smtp", {{"10.0.0.5:25", true}, {"10.0.0.6:25"}}}, {"files", "maildir", {}}};
  status.min_free = 0.05;
  status.disks = {{"/var/lib/postern", 0.5, 1'000'000}};
  status.quarantine_most = 1000;
  status.index = journal::index::Indexer::State{};
  status.certificates = {{"full.pem", {"mx1.example.com"}, 80, ""}};
  status.lists = {{"zen"}};
  status.list_files = {{"blocked", "blocked.txt", 7, kNow - hours(2)}};
  return status;
}

struct Case {
  std::string name;
  Level level;
  std::string what;
  std::function<void(Status&)> change;
};
POSTERN_NAMED(Case)

class Judge : public testing::TestWithParam<Case> {};

TEST_P(Judge, SaysWhatIsWrong) {
  Status status = fine();
  GetParam().change(status);
  const std::vector<Finding> findings = judge(status);
  EXPECT_EQ(level_of(findings), GetParam().level);
  ASSERT_EQ(findings.size(), GetParam().what.empty() ? 0u : 1u);
  if (!findings.empty()) EXPECT_EQ(findings[0].what, GetParam().what);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Judge,
    testing::Values(
        Case{"all is well", Level::ok, "", [](Status&) {}},
        Case{"no server of a mailstore answers", Level::critical, "mailstore main does not answer",
             [](Status& now) {
               for (MailstoreServer& one : now.mailstores[0].servers) one.answers = false;
             }},
        Case{"one of two does not", Level::warning, "1 of 2 servers of mailstore main do not answer",
             [](Status& now) { now.mailstores[0].servers[0].answers = false; }},
        Case{"the disk is full", Level::critical,
             "4.0% of the disk of /var/lib/postern is free, less than limits.min_free: nothing new is held",
             [](Status& now) { now.disks[0].free = 0.04; }},
        Case{"the disk is nearly full", Level::warning, "9.0% of the disk of /var/lib/postern is free",
             [](Status& now) { now.disks[0].free = 0.09; }},
        Case{"messages wait for an hour", Level::warning,
             "2 messages wait for their mailstore, the oldest for 1 h",
             [](Status& now) {
               now.waiting = {2, 9, kNow - hours(1)};
             }},
        Case{"messages wait for a day", Level::critical,
             "2 messages wait for their mailstore, the oldest for 24 h",
             [](Status& now) {
               now.waiting = {2, 9, kNow - hours(24)};
             }},
        Case{"a message has just begun to wait", Level::ok, "",
             [](Status& now) {
               now.waiting = {1, 9, kNow - hours(1) + seconds(1)};
             }},
        Case{"quarantine is nearly full", Level::warning,
             "quarantine is nearly as large as quarantine.max_size: the oldest messages go",
             [](Status& now) {
               now.quarantine = {5, 900, kNow};
             }},
        Case{"records are missing", Level::critical, "the journal cannot be written: 3 records are missing",
             [](Status& now) { now.journal.untold = 3; }},
        Case{"records were missing, and it is told", Level::ok, "",
             [](Status& now) { now.journal.failed = 3; }},
        Case{"the index is behind", Level::warning, "the journal's index is 61 s behind",
             [](Status& now) { now.index->lag = seconds(61); }},
        Case{"there is no index", Level::ok, "", [](Status& now) { now.index.reset(); }},
        Case{"a certificate has expired", Level::critical, "certificate full.pem has expired",
             [](Status& now) { now.certificates[0].days_left = -1; }},
        Case{"a certificate ends today", Level::critical, "certificate full.pem expires in 0 days",
             [](Status& now) { now.certificates[0].days_left = 0; }},
        Case{"a certificate ends soon", Level::warning, "certificate full.pem expires in 13 days",
             [](Status& now) { now.certificates[0].days_left = 13; }},
        Case{"a certificate is gone", Level::critical, "certificate full.pem cannot be read: no such file",
             [](Status& now) { now.certificates[0].trouble = "no such file"; }},
        Case{"a list is set aside", Level::warning, "list zen is set aside: it lists everybody",
             [](Status& now) { now.lists[0].aside = "it lists everybody"; }},
        Case{"a list file is not taken", Level::warning,
             "the file of list blocked is not taken, what was read before stays: it is empty",
             [](Status& now) {
               now.list_files[0].alerted = kNow - hours(1);
               now.list_files[0].alert = "it is empty";
             }},
        Case{"a list file was not taken, and later was", Level::ok, "",
             [](Status& now) { now.list_files[0].alerted = kNow - hours(3); }},
        Case{"held messages cannot be looked at", Level::critical,
             "the directory of messages in quarantine cannot be read",
             [](Status& now) { now.quarantine.readable = false; }},
        Case{"connections run out", Level::warning, "900 of 1000 connections are in use",
             [](Status& now) { now.connections = 900; }}));

TEST(Status, TheWorstIsInFrontAndNothingFromOutsideIsPrintedRaw) {
  Status status = fine();
  status.lists[0].aside = "a|b\x1b[31m\n";
  EXPECT_TRUE(
      first_line(status, judge(status))
          .starts_with("POSTERN WARNING - list zen is set aside: a/b\\x1b[31m\\x0a|connections=0;;;0;1000 "));
  status.certificates[0].days_left = -1;
  EXPECT_TRUE(first_line(status, judge(status))
                  .starts_with("POSTERN CRITICAL - certificate full.pem has expired (and 1 more)|"));
  for (const auto& [name, value] : lines(status)) EXPECT_EQ(value.find('\x1b'), value.npos) << name;
}

TEST(Status, FineIsToldWithItsFigures) {
  Status status = fine();
  EXPECT_TRUE(
      first_line(status, {})
          .starts_with("POSTERN OK - 0 connections, 0 waiting, 0 in quarantine|connections=0;;;0;1000 "
                       "waiting=0 quarantine=0 "
                       "quarantine_size=0B disk_free=50.0% journal_lost=0c index_lag=0.0s memory=0B"));
  EXPECT_TRUE(to_json(status).starts_with(R"({"level":"OK","findings":[],"version":"0.1.0")"));
}

std::string line_of(const Status& status, std::string_view wanted) {
  for (const auto& [name, value] : lines(status))
    if (name == wanted) return value;
  return "no such line";
}

TEST(Status, TellsWhatIsAtWork) {
  Status status = fine();
  status.listeners = {{"0.0.0.0:25", 3, 40}};
  status.mailstores[0].servers[0].connections = {10, 2, 4, 1};
  status.dns.remembered = 5;
  for (int i = 0; i < 10; ++i) status.dns.answers[static_cast<std::size_t>(DnsStatus::ok)].add(0.0005);
  status.dns.answers[static_cast<std::size_t>(DnsStatus::timeout)].add(9);
  status.list_files[0].alerted = kNow - hours(1);
  status.list_files[0].alert = "it is empty";
  EXPECT_EQ(line_of(status, "listener 0.0.0.0:25"), "3 sessions, 40 since the start");
  EXPECT_EQ(line_of(status, "mailstore main"),
            "smtp: 10.0.0.5:25 (answers, 0 min ago, 2 busy and 4 idle of 10 connections, 1 messages wait for "
            "one), 10.0.0.6:25 (not asked yet)");
  EXPECT_EQ(
      line_of(status, "dns"),
      "servers of the system; 11 answers from outside (half within 1 ms, 99 % within 9.5 s), 1 timeout; "
      "5 from memory");
  EXPECT_EQ(line_of(status, "list blocked"),
            "7 entries, taken 2 h 0 min ago, blocked.txt; NOW OUT OF DATE, not taken 1 h 0 min ago: it is "
            "empty");
  const boost::json::value told = boost::json::parse(to_json(status));
  EXPECT_EQ(boost::json::serialize(told.at("listeners")),
            R"([{"address":"0.0.0.0:25","sessions":3,"sessions_since_start":40}])");
  EXPECT_EQ(boost::json::serialize(told.at("mailstores").at(0).at("servers").at(0).at("connections")),
            R"({"most":10,"busy":2,"idle":4,"waiting":1})");
  EXPECT_EQ(told.at("dns").at("answers").at("timeout"), 1);
  EXPECT_EQ(told.at("list_files").at(0).at("alert"), "it is empty");
  EXPECT_EQ(told.at("held"), 0);
}

}  // namespace
}  // namespace gateway::status
