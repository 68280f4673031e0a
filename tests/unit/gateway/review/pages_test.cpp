// The review pages: what a stranger wrote is shown as text, never as markup.
#include "gateway/review/pages.h"

#include <gtest/gtest.h>

#include <array>

#include "gateway/journal/encode.h"
#include "gateway/review/recent.h"

namespace {

using namespace gateway;

std::string record(const std::string& id, const std::string& hostile) {
  journal::Entry entry;
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

TEST(ReviewPages, EscapeEverythingFromOutside) {
  const std::string hostile = "<script>alert('x')</script>\"onload=\"&";
  const std::array records{record("0N9SK2H6R101", hostile)};
  for (const std::string& page : {review::overview_page(records), review::message_page(records.front())}) {
    EXPECT_EQ(page.find("<script"), std::string::npos);
    EXPECT_EQ(page.find("\"onload"), std::string::npos);
    EXPECT_NE(page.find("&lt;script&gt;"), std::string::npos);
  }
}

TEST(ReviewPages, SurviveWhatIsNoRecord) {
  const std::array<std::string, 3> records{"", "[1]", R"({"id": 5, "verdict": "x", "recipients": {}})"};
  EXPECT_NE(review::overview_page(records).find("<table>"), std::string::npos);
  for (const std::string& one : records)
    EXPECT_NE(review::message_page(one).find("</html>"), std::string::npos);
}

TEST(Recent, KeepsTheLatestAndFindsThem) {
  review::Recent recent(2);
  for (const char* const id : {"0N9SK2H6R101", "0N9SK2H6R102", "0N9SK2H6R103"}) recent.add(record(id, "x"));
  EXPECT_EQ(recent.all().size(), 2u);
  EXPECT_FALSE(recent.find("0N9SK2H6R101"));
  ASSERT_TRUE(recent.find("0N9SK2H6R103"));
  EXPECT_EQ(recent.all().front(), *recent.find("0N9SK2H6R103"));
}

}  // namespace
