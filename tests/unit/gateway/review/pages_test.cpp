// The review pages: what a stranger wrote is shown as text, never as markup.
#include "gateway/review/pages.h"

#include <gtest/gtest.h>

#include <array>

#include "gateway/journal/encode.h"
#include "gateway/journal/encode_session.h"
#include "gateway/review/recent.h"
#include "tests/support/journal_entry.h"

namespace {

using namespace gateway;

std::string record(const std::string& id, const std::string& hostile) {
  support::SampleEntry entry;
  entry.id = id;
  entry.sender = hostile;
  entry.subject = hostile;
  entry.header_from = hostile;
  entry.client.helo = hostile;
  entry.reply = "250 2.0.0 Ok";
  entry.recipients.push_back({hostile, {}, "250 2.1.5 Ok", "", "delivered"});
  entry.evidence.push_back({"spf", "smtp.mailfrom", hostile, Outcome::fail, hostile, {}});
  entry.answers.push_back(
      {DnsQuestion(hostile, RecordType::txt), {DnsStatus::ok, 1, false, {{hostile, {}, 0}}}});
  return journal::encode_record(entry);
}

std::string session_record(const std::string& id, const std::string& hostile) {
  support::SampleSession entry;
  entry.id = id;
  entry.ended = "tls_failed";
  entry.client.helo = hostile;
  entry.detail = hostile;
  return journal::encode_session(entry);
}

TEST(ReviewPages, EscapeEverythingFromOutside) {
  const std::string hostile = "<script>alert('x')</script>\"onload=\"&";
  const std::array records{record("0N9SK2H6R101", hostile)};
  const std::array sessions{session_record("0N9SK2H6R102", hostile)};
  for (const std::string& page :
       {review::overview_page({}, records, {}).body, review::message_page({}, records.front()).body,
        review::overview_page({}, {}, sessions).body, review::message_page({}, sessions.front()).body}) {
    EXPECT_EQ(page.find("<script>"), std::string::npos);
    EXPECT_EQ(page.find("\"onload"), std::string::npos);
    EXPECT_NE(page.find("&lt;script&gt;"), std::string::npos);
  }
}

TEST(ReviewPages, SurviveWhatIsNoRecord) {
  const std::array<std::string, 3> records{"", "[1]", R"({"id": 5, "verdict": "x", "recipients": {}})"};
  EXPECT_NE(review::overview_page({}, records, records).body.find("<table>"), std::string::npos);
  for (const std::string& one : records)
    EXPECT_NE(review::message_page({}, one).body.find("</html>"), std::string::npos);
}

TEST(Recent, KeepsTheLatestAndFindsThem) {
  review::Recent recent(2);
  for (const char* const id : {"0N9SK2H6R101", "0N9SK2H6R102", "0N9SK2H6R103"}) recent.add(record(id, "x"));
  EXPECT_EQ(recent.transactions().size(), 2u);
  EXPECT_FALSE(recent.find("0N9SK2H6R101"));
  ASSERT_TRUE(recent.find("0N9SK2H6R103"));
  EXPECT_EQ(recent.transactions().front(), *recent.find("0N9SK2H6R103"));
}

TEST(Recent, LetsNoSessionPushATransactionOut) {
  review::Recent recent(2, 1);
  recent.add(record("0N9SK2H6R101", "x"));
  for (const char* const id : {"0N9SK2H6R102", "0N9SK2H6R103"}) recent.add(session_record(id, "x"));
  EXPECT_EQ(recent.transactions().size(), 1u);
  EXPECT_EQ(recent.sessions().size(), 1u);
  EXPECT_FALSE(recent.find("0N9SK2H6R102"));
  EXPECT_EQ(recent.sessions().front(), recent.find("0N9SK2H6R103"));
}

TEST(ReviewPages, ShowHowConnectionsEnded) {
  const std::array sessions{session_record("0N9SK2H6R102", "mail.a.example")};
  const std::string page = review::overview_page({}, {}, sessions).body;
  EXPECT_NE(page.find(">tls_failed</td>"), page.npos) << page;
  EXPECT_NE(page.find(">mail.a.example</td>"), page.npos) << page;
  EXPECT_NE(page.find("/message/0N9SK2H6R102"), page.npos) << page;
}

}  // namespace
