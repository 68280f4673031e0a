// The Log: searching, narrowing down, paging, exporting.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <set>

#include "gateway/journal/encode.h"
#include "gateway/journal/note.h"
#include "tests/support/review_site.h"

namespace gateway::review {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;
using support::accepted_at;
using support::kJournalDay;
using support::session_at;

std::string text(const json::value& value) { return json::value_to<std::string>(value); }

bool has(const std::string& page, std::string_view text) { return page.find(text) != page.npos; }

std::vector<std::string> messages_in(const std::string& page) {
  std::vector<std::string> ids;
  for (const auto& [where, text] : support::links_in(page))
    if (where.starts_with("/message/") && (ids.empty() || ids.back() != where.substr(9)))
      ids.push_back(where.substr(9));
  return ids;
}

std::string link_of(const std::string& page, std::string_view text) {
  for (const auto& [where, inside] : support::links_in(page))
    if (has(inside, text)) return where;
  return {};
}

TEST(LogPage, goes_through_the_whole_journal_page_by_page) {
  support::ReviewSite site;
  std::vector<std::string> wanted;
  for (int i = 0; i < 125; ++i) {
    // Some of one second, some of the evening before.
    const support::SampleEntry entry = accepted_at(std::chrono::seconds(i / 3 - 20));
    site.days.append(journal::encode_record(entry) + "\n");
    wanted.insert(wanted.begin(), entry.id);
  }
  site.days.make_index();
  for (const std::string start : {"/log?column=id", "/log?column=id&limit=7"}) {
    std::vector<std::string> found;
    for (std::string where = start; !where.empty();) {
      const std::string page = site.page(where);
      const auto ids = messages_in(page);
      found.insert(found.end(), ids.begin(), ids.end());
      where = link_of(page, "older");
      ASSERT_LE(found.size(), wanted.size());
    }
    EXPECT_EQ(found, wanted);
  }
  EXPECT_TRUE(has(site.page("/log?behind=1.1.1"), "There is nothing older."));
  EXPECT_EQ(site.get("/log?behind=nonsense").status, 400);
  EXPECT_EQ(site.get("/log?limit=0").status, 400);
  EXPECT_EQ(site.get("/log?limit=1001").status, 400);
}

class Log : public testing::Test {
 protected:
  Log() {
    support::SampleEntry refused = accepted_at(20s);
    refused.sender = "news@shop.example";
    refused.subject = "Überraschung";
    refused.verdict.action = policy::Disposition::reject;
    refused.verdict.rule = "dmarc-reject";
    refused.recipients.push_back({.address = "hans@example.com",
                                  .verdict = refused.verdict,
                                  .reply = {},
                                  .refused_by = {},
                                  .fate = "refused"});
    refused_ = refused.id;
    const support::SampleEntry accepted = accepted_at(10s);
    accepted_ = accepted.id;
    site_.days.add(accepted);
    site_.days.add(refused);
    support::SampleSession session = session_at(30s);
    session.detail = "tls <alert>";
    site_.days.add(session);
    site_.days.make_index();
  }
  support::ReviewSite site_;
  std::string refused_, accepted_;
};

TEST_F(Log, is_narrowed_down_by_a_click_and_widened_by_another) {
  const std::string all = site_.page("/log");
  EXPECT_EQ(messages_in(all).size(), 2u);
  const std::string where = link_of(all, "news@shop.example");
  EXPECT_EQ(where, "/log?q=sender%3Anews%40shop.example");
  const std::string narrow = site_.page(where);
  EXPECT_EQ(messages_in(narrow), (std::vector{refused_}));
  EXPECT_TRUE(has(narrow,
                  "<li><span>sender:news@shop.example</span><a href='/log' aria-label='search without "
                  "sender:news@shop.example'>"));
  EXPECT_EQ(link_of(narrow, "news@shop.example"), "") << "it is narrowed down by it already";
  EXPECT_EQ(link_of(narrow, "reject"), "/log?q=sender%3Anews%40shop.example%20outcome%3Areject");
}

TEST_F(Log, takes_words_and_fields_alike) {
  for (const std::string where :
       {"/log?q=verdict:reject", "/log?verdict=reject", "/log?q=verdict:reject&sender=shop.example",
        "/log?subject=uberraschung",
        "/log?rcpt=hans%40example.com&text=", "/log?q=decided:dmarc-reject+since:12h"})
    EXPECT_EQ(messages_in(site_.page(where)), (std::vector{refused_})) << where;
  EXPECT_EQ(messages_in(site_.page("/log?verdict=reject&verdict=accept")).size(), 2u);
  EXPECT_TRUE(has(site_.page("/log?sender=shop.example&verdict=reject"),
                  "value='verdict:reject sender:shop.example'"));
}

TEST_F(Log, says_what_is_wrong_with_a_search) {
  const web::Response answer = site_.get("/log?q=verdct:reject+%3Cb%3E&sender=%22x");
  EXPECT_EQ(answer.status, 400);
  EXPECT_TRUE(has(answer.body, "did you mean verdict?"));
  EXPECT_TRUE(has(answer.body, "value='verdct:reject &lt;b&gt; sender:&quot;\\&quot;x&quot;'"))
      << "what was typed stands there still";
  EXPECT_TRUE(has(site_.page("/log?ip=300.1.1.1"), "ip: &#39;300.1.1.1&#39; is not what was expected"));
  EXPECT_EQ(text(json::parse(site_.page("/api/v1/log?q=verdct:x")).at("error")).substr(0, 7), "verdct:");
}

TEST_F(Log, says_what_there_was_when_nothing_is_found) {
  const std::string page = site_.page("/log?q=ip:203.0.113.1+since:2h");
  EXPECT_TRUE(has(page, "Nothing was found. The journal covers"));
  EXPECT_TRUE(has(page, "2 with a message, 1 without one."));
  EXPECT_TRUE(has(page, "In the time asked for: 0 with a message, 0 without one."));
  const std::string other = site_.page("/log?q=ip:192.0.2.7+verdict:quarantine");
  EXPECT_FALSE(has(other, "would fit"));
  EXPECT_EQ(link_of(site_.page("/log?q=text:tls"), "1 without a message would fit."),
            "/log?q=tls%20sessions%3Ayes");
  support::ReviewSite empty;
  EXPECT_TRUE(has(empty.page("/log"), "The journal is empty."));
}

TEST_F(Log, shows_the_columns_that_were_chosen) {
  const std::string page = site_.page(
      "/log?column=queue_id&column=recipients&column=last_command&column=queue_id");
  EXPECT_TRUE(has(page, "data-name='queue id'"));
  EXPECT_TRUE(has(page, "data-name='to'"));
  EXPECT_FALSE(has(page, "data-name='subject'"));
  EXPECT_FALSE(has(page, "data-name='last command'")) << "of sessions only";
  EXPECT_TRUE(has(link_of(page, "user@example.com"), "&column=queue_id&column=recipients"));
  EXPECT_FALSE(has(page, "recipients&amp;column=last_command&amp;column=queue_id"));
  EXPECT_TRUE(has(page, "<span class='quiet'>+1 </span><a class='narrow' ")) << "of two recipients";
}

TEST_F(Log, names_a_column_there_is_not) {
  const std::string page = site_.page("/log?column=queue-id");
  EXPECT_TRUE(has(page, "did you mean queue_id?")) << page;
}

TEST_F(Log, has_sessions_without_a_message) {
  const std::string page = site_.page("/log?sessions=yes");
  EXPECT_EQ(messages_in(page).size(), 1u);
  EXPECT_TRUE(has(page, "tls &lt;alert&gt;"));
  EXPECT_TRUE(has(page, "data-name='ended'"));
}

TEST_F(Log, has_what_people_did) {
  journal::Audit audit;
  audit.id = refused_;
  audit.when = kJournalDay + 1h;
  audit.who = "erika";
  audit.via = "web";
  audit.action = "release";
  audit.result = "done";
  audit.recipients = {{"user@example.com", "taken", "250 2.0.0 Ok"}};
  site_.days.append(journal::encode_audit(audit) + "\n");
  const std::string page = site_.page("/log?audit=yes");
  EXPECT_TRUE(has(page, "data-name='who'>erika"));
  EXPECT_EQ(messages_in(page), (std::vector{refused_}));
  EXPECT_EQ(text(json::parse(site_.page("/api/v1/log?audit=yes")).at("records").at(0).at("done")), "release");
  EXPECT_EQ(messages_in(site_.page("/log")).size(), 2u) << "no message is one";
}

TEST_F(Log, is_found_by_the_reply_that_a_sender_quotes) {
  EXPECT_EQ(messages_in(site_.page("/log?id=550+5.7.1+no+%5B" + to_lower(refused_) + "%5D")),
            (std::vector{refused_}));
  EXPECT_EQ(messages_in(site_.page("/log?q=id:" + accepted_)), (std::vector{accepted_}));
}

TEST_F(Log, is_exported_whole) {
  const web::Response csv = site_.get("/log.csv?column=id&column=recipients&column=subject");
  EXPECT_EQ(csv.status, 200);
  EXPECT_EQ(support::whole(csv), "id,recipients,subject\r\n" + refused_ +
                                     ",\"user@example.com, hans@example.com\",Überraschung\r\n" + accepted_ +
                                     ",user@example.com,hello\r\n");
  const std::string lines = support::whole(site_.get("/log.jsonl?q=verdict:reject"));
  EXPECT_EQ(text(json::parse(lines).at("id")), refused_);
  EXPECT_EQ(site_.get("/log.csv?q=verdct:x").status, 400);
  EXPECT_TRUE(support::whole(site_.get("/log.csv")).starts_with("time,id,")) << "a file has no links";
}

TEST_F(Log, is_a_page_of_json_with_the_place_of_the_next) {
  const json::value first = json::parse(site_.page("/api/v1/log?limit=1"));
  ASSERT_EQ(first.at("records").as_array().size(), 1u);
  const json::value& record = first.at("records").at(0);
  EXPECT_EQ(text(record.at("id")), refused_);
  EXPECT_EQ(text(record.at("kind")), "transaction");
  EXPECT_EQ(text(record.at("outcome")), "reject");
  EXPECT_EQ(text(record.at("time")), "2026-11-25T00:00:20Z");
  EXPECT_EQ(json::serialize(record.at("recipients")), R"(["user@example.com","hans@example.com"])");
  EXPECT_TRUE(record.at("size").is_number());
  const json::value second =
      json::parse(site_.page("/api/v1/log?limit=1&behind=" + std::string(first.at("next").as_string())));
  EXPECT_EQ(text(second.at("records").at(0).at("id")), accepted_);
  EXPECT_TRUE(second.at("next").is_null());
  const json::value none = json::parse(site_.page("/api/v1/log?q=sender:nobody@a.example"));
  EXPECT_EQ(text(none.at("nothing_found").at("covers_from")), "2026-11-25T00:00:10Z");
}

TEST_F(Log, counts_are_those_of_the_command) {
  const json::value stats = json::parse(site_.page("/api/v1/stats?since=2026-11-25"));
  EXPECT_EQ(stats.at("messages"), 2);
  EXPECT_EQ(stats.at("verdicts").at("reject"), 1);
  EXPECT_EQ(stats.at("verdicts").as_object().size(), 6u) << "those that never came are told, too";
  EXPECT_EQ(stats.at("verdicts").at("quarantine"), 0);
  EXPECT_TRUE(stats.at("session_rules").as_object().empty());
  EXPECT_EQ(site_.get("/api/v1/stats?since=nonsense").status, 400);
  EXPECT_EQ(site_.get("/api/v1/stats?since=1h&until=2h").status, 400);
}

// Reading gigabytes is not set off by opening a page.
TEST(LogPage, asks_before_it_reads_very_much) {
  support::ReviewSite site;
  site.days.add(accepted_at(10s));
  EXPECT_EQ(site.get("/log").status, 200);
  std::filesystem::resize_file(site.days.lines(), 300 << 20);  // nothing but holes
  const web::Response answer = site.get("/log?q=hello");
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(link_of(answer.body, "Read them all the same"), "/log?q=hello&slow=yes");
  EXPECT_EQ(site.get("/").status, 503);
  EXPECT_TRUE(has(site.page("/api/v1/log"), "slow=yes"));
  EXPECT_EQ(messages_in(site.page("/log?q=hello&slow=yes")).size(), 1u);
}

}  // namespace
}  // namespace gateway::review
