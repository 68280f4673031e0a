// One message as a page: its story, in order.
#include <gtest/gtest.h>

#include "gateway/journal/note.h"
#include "tests/support/review_site.h"

namespace gateway::review {
namespace {

using namespace std::chrono_literals;
using support::accepted_at;
using support::session_at;

class MessagePage : public testing::Test {
 protected:
  std::string page_of(const support::SampleEntry& entry) {
    site_.days.add(entry);
    return site_.page("/message/" + entry.id);
  }
  support::ReviewSite site_;
};

// Whether the texts stand there in this order.
testing::AssertionResult in_order(const std::string& page, std::initializer_list<std::string_view> texts) {
  std::size_t at = 0;
  for (const std::string_view text : texts) {
    at = page.find(text, at);
    if (at == page.npos) return testing::AssertionFailure() << text << " is not there, or not in its place";
    at += text.size();
  }
  return testing::AssertionSuccess();
}

support::SampleEntry refused() {
  support::SampleEntry entry = support::sample_entry();
  entry.id = accepted_at(10s).id;
  entry.start = support::kJournalDay + 10s;
  entry.verdict.rules = {
      {.id = "tagged", .held = policy::Truth::yes, .because = {}, .trial = false},
      {.id = "on-trial", .held = policy::Truth::yes, .because = {}, .trial = true},
      {.id = "unknown", .held = policy::Truth::stuck, .because = {"dnsbl.score"}, .trial = false},
      {.id = entry.verdict.rule, .held = policy::Truth::yes, .because = {}, .trial = false},
      {.id = "below", .held = policy::Truth::no, .because = {}, .trial = false}};
  return entry;
}

TEST_F(MessagePage, tells_the_story_in_order) {
  const support::SampleEntry entry = refused();
  const std::string page = page_of(entry);
  EXPECT_TRUE(in_order(page, {"Message " + entry.id,
                              "class='outcome reject'",
                              "Refused",
                              "550 5.7.26 the author&#39;s domain",
                              "id='claimed'",
                              entry.sender,
                              "id='found'",
                              "id='rules'",
                              "tagged",
                              "counted",
                              "on-trial",
                              "would have counted",
                              "unknown",
                              "dnsbl.score",
                              "decided",
                              "1 rules below it",
                              "below",
                              "id='verdict'",
                              "id='delivery'",
                              "id='facts'",
                              "id='dns'",
                              "TTL",
                              "id='session'",
                              "id='record'"}));
}

TEST_F(MessagePage, links_other_attempts) {
  const support::SampleEntry first = accepted_at(10s);
  const support::SampleEntry again = accepted_at(20s);
  site_.days.add(first);
  const std::string page = page_of(again);
  EXPECT_TRUE(in_order(page, {"Other attempts of this message", "/message/" + first.id, "earlier"}));
}

TEST_F(MessagePage, leads_to_the_quarantine_where_it_is_held) {
  support::SampleEntry entry = accepted_at(10s);
  EXPECT_EQ(page_of(entry).find("/quarantine/"), std::string::npos);
  entry = accepted_at(20s);
  entry.held = "quarantine";
  EXPECT_NE(page_of(entry).find("<a href='/quarantine/" + entry.id + "'>"), std::string::npos);
  EXPECT_EQ(page_of(entry).find("Took:"), std::string::npos);
  entry = accepted_at(30s);
  entry.stages.add(journal::Stage::envelope, 12ms);
  entry.stages.add(journal::Stage::mailstore, 2s);
  EXPECT_NE(page_of(entry).find("<p class='quiet'>Took: envelope 12 ms, mailstore 2.0 s</p>"),
            std::string::npos);
}

TEST_F(MessagePage, tells_what_people_did_to_it) {
  const support::SampleEntry entry = accepted_at(10s);
  journal::Audit audit;
  audit.id = entry.id;
  audit.when = entry.start + 1h;
  audit.host = "mx1.example.com";
  audit.who = "erika<b>";
  audit.via = "web";
  audit.action = "release";
  audit.result = "done";
  audit.store = "quarantine";
  EXPECT_EQ(page_of(entry).find("What was done later"), std::string::npos);
  site_.days.append(journal::encode_audit(audit) + "\n");
  EXPECT_TRUE(in_order(site_.page("/message/" + entry.id), {"What was done later", "erika&lt;b&gt;"}));
}

TEST_F(MessagePage, of_a_connection_without_one) {
  support::SampleSession entry = session_at(10s);
  entry.ended = "lost";
  entry.detail = "reset by <peer>";
  entry.last_command = "EHLO";
  site_.days.add(entry);
  const std::string page = site_.page("/message/" + entry.id);
  EXPECT_TRUE(in_order(page, {"Connection " + entry.id, "Ended: lost", "reset by &lt;peer&gt;",
                              "the last was EHLO", "id='record'"}));
}

TEST_F(MessagePage, takes_an_id_as_people_write_it) {
  const support::SampleEntry entry = accepted_at(10s);
  site_.days.add(entry);
  EXPECT_EQ(site_.get("/message/" + to_lower(entry.id)).status, 200);
  EXPECT_EQ(site_.get("/message/nonsense").status, 404);
  const web::Response answer = site_.get("/message/4F7K2M9QX0TB");
  EXPECT_EQ(answer.status, 404);
  EXPECT_TRUE(
      in_order(answer.body, {"There is no record of 4F7K2M9QX0TB, which was made", "the journal covers"}));
  EXPECT_EQ(site_.get("/api/v1/message/4F7K2M9QX0TB").status, 404);
  EXPECT_NE(site_.page("/api/v1/message/" + entry.id).find("\"id\":\"" + entry.id), std::string::npos);
}

TEST_F(MessagePage, can_be_had_as_a_policy_test) {
  support::SampleEntry entry = refused();
  entry.verdict.settled = true;
  site_.days.add(entry);
  const web::Response test = site_.get("/message/" + entry.id + "/as-test");
  EXPECT_EQ(test.content_type, "text/plain; charset=utf-8");
  EXPECT_TRUE(in_order(test.body, {"[[test]]"})) << test.body;
  EXPECT_EQ(test.body.find(entry.sender), std::string::npos) << "names are in disguise";
  EXPECT_NE(site_.page("/message/" + entry.id + "/as-test?names=real").find(entry.sender), std::string::npos);
}

}  // namespace
}  // namespace gateway::review
