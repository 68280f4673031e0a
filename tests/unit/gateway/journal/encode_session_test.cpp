// The record and the log line of a connection without a transaction.
#include "gateway/journal/encode_session.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "gateway/journal/log_line.h"
#include "tests/support/journal_entry.h"
#include "tests/support/named.h"

namespace gateway::journal {
namespace {

using support::SampleSession;

SampleSession sample() {
  const support::SampleEntry transaction = support::sample_entry();
  SampleSession entry;
  entry.id = transaction.id;
  entry.start = transaction.start;
  entry.duration = 2.5;
  entry.hostname = "mx1.example.com";
  entry.policy_version = "0123abcd";
  entry.mode = "enforce";
  entry.client = transaction.client;
  entry.client.listener = "0.0.0.0:25";
  entry.client.helo = "mx.a.example";
  entry.ended = "limit";
  entry.commands = 12;
  entry.errors = 11;
  entry.last_command = "?";
  entry.reply = "421 4.7.0 mx1.example.com too many errors, closing connection";
  entry.refused_by = "@limit";
  entry.unrecorded = 3;
  return entry;
}

SampleSession refused() {
  SampleSession entry = sample();
  entry.ended = "refused";
  entry.refused_by.clear();
  entry.reply = "554 5.7.1 go away";
  entry.verdict = support::sample_entry().verdict;
  entry.verdict->rule = "blocked";
  return entry;
}

TEST(SessionRecord, has_these_members_in_this_order) {
  const SampleSession entry = refused();
  const boost::json::value record = boost::json::parse(encode_session(entry));
  std::string names;
  for (const auto& member : record.as_object()) names += std::string(member.key()) + " ";
  EXPECT_EQ(names,
            "format kind id time duration host mode policy_version client ended detail commands errors "
            "last_command reply refused_by verdict rules unrecorded ");
}

struct Case {
  std::string name;
  std::string pointer;
  std::string expected;
  SampleSession entry = sample();
};
POSTERN_NAMED(Case)

class SessionRecordMember : public testing::TestWithParam<Case> {};

TEST_P(SessionRecordMember, says) {
  const std::string line = encode_session(GetParam().entry);
  EXPECT_EQ(line.find('\n'), line.npos);
  EXPECT_TRUE(is_valid_utf8(line));
  boost::system::error_code missing;
  const boost::json::value record = boost::json::parse(line);
  const boost::json::value* const found = record.find_pointer(GetParam().pointer, missing);
  EXPECT_EQ(found ? boost::json::serialize(*found) : "absent", GetParam().expected);
}

SampleSession with(void (*change)(SampleSession&)) {
  SampleSession entry = sample();
  change(entry);
  return entry;
}

INSTANTIATE_TEST_SUITE_P(
    Table, SessionRecordMember,
    testing::Values(Case{"kind", "/kind", R"("session")"}, Case{"time", "/time", R"("2026-11-25T02:30:00Z")"},
                    Case{"duration", "/duration", "2.5E0"}, Case{"client", "/client/ip", R"("192.0.2.7")"},
                    Case{"how it ended", "/ended", R"("limit")"}, Case{"commands", "/commands", "12"},
                    Case{"errors", "/errors", "11"}, Case{"last command", "/last_command", R"("?")"},
                    Case{"refused by", "/refused_by", R"("@limit")"}, Case{"unrecorded", "/unrecorded", "3"},
                    Case{"no rule refused", "/verdict", "absent"}, Case{"no rules", "/rules", "absent"},
                    Case{"a rule refused", "/verdict/rule", R"("blocked")", refused()},
                    Case{"with this", "/verdict/reply", R"("554 5.7.1 go away")", refused()},
                    Case{"octets that are no UTF-8", "/detail", R"("a\\xffb")",
                         with([](SampleSession& entry) {
                           entry.detail =
                               "a\xff"
                               "b";
                         })},
                    Case{"line ends", "/detail", R"("a\r\nb")",
                         with([](SampleSession& entry) { entry.detail = "a\r\nb"; })}));

TEST(SessionRecord, is_known_by_its_beginning) {
  const SampleSession entry = sample();
  EXPECT_TRUE(is_session_record(encode_session(entry)));
  EXPECT_FALSE(is_session_record(R"({"format":1,"kind":"transaction","id":"x"})"));
  EXPECT_FALSE(is_session_record(""));
}

TEST(SessionLogLine, whole) {
  const SampleSession entry = sample();
  EXPECT_EQ(
      log_line(entry),
      "1A2B3C4D5E6F session=limit client=unknown[192.0.2.7] listener=0.0.0.0:25 helo=mx.a.example tls= "
      "commands=12 errors=11 last=? by=@limit detail=\"\" "
      "reply=\"421 4.7.0 mx1.example.com too many errors, closing connection\" delay=2.50 unrecorded=3");
}

TEST(SessionLogLine, names_the_rule_that_refused) {
  const SampleSession entry = refused();
  EXPECT_NE(log_line(entry).find(" session=refused verdict=reject rule=blocked client="), std::string::npos)
      << log_line(entry);
}

TEST(SessionLogLine, lets_nothing_begin_a_field_or_a_line) {
  SampleSession entry = sample();
  entry.client.helo = "x session=quit";
  entry.detail = "a\" session=quit\r\nb";
  const std::string line = log_line(entry);
  EXPECT_NE(line.find(R"(helo="x session=quit")"), line.npos) << line;
  EXPECT_NE(line.find(R"(detail="a\" session=quit\\x0d\\x0ab")"), line.npos) << line;
}

}  // namespace
}  // namespace gateway::journal
