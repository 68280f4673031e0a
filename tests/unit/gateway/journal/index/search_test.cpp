// Whatever is looked for, it is found the same with an index, without one, and with one that is behind.
#include "gateway/journal/index/search.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "gateway/journal/encode.h"
#include "gateway/journal/index/day_index.h"
#include "gateway/journal/index/row_reader.h"
#include "gateway/journal/index/summary.h"
#include "tests/support/journal_days.h"

namespace gateway::journal::index {
namespace {

using namespace std::chrono_literals;
using support::accepted_at;
using support::kJournalDay;
using support::session_at;

struct Wanted {
  std::string_view option;
  std::string_view value;
  std::string found;  // of the records below, the letters
};

support::SampleEntry refused() {  // b
  support::SampleEntry entry = accepted_at(20s);
  entry.sender = "News@Shop.Example";
  entry.header_from = "news@mail.shop.example";
  entry.subject = "50% off: Überraschung for José";
  entry.message_id = "<weird \"id\" OR NEAR(a b)@shop.example>";
  entry.client.ip = *IpAddress::parse("198.51.100.200");
  entry.client_name = "out.shop.example";
  entry.verdict.action = policy::Disposition::reject;
  entry.verdict.rule = "shop's \"rule\"; DROP TABLE record; --";
  entry.verdict.reply = {.code = 550, .detail = "7.26", .text = "no"};
  entry.verdict.trial = {"on-trial"};
  entry.facts.push_back({"dnsbl.listed", Fact(Fact::State::known, List{"zen"})});
  entry.verdict.rules = {
      {.id = "scored", .held = policy::Truth::yes, .because = {}, .trial = false},
      {.id = "not-held", .held = policy::Truth::no, .because = {}, .trial = false},
      {.id = entry.verdict.rule, .held = policy::Truth::yes, .because = {}, .trial = false},
      {.id = "below", .held = policy::Truth::yes, .because = {}, .trial = false}};
  entry.reply = "550 5.7.26 no";
  entry.recipients = {{.address = "Erika@example.com",
                       .verdict = entry.verdict,
                       .reply = entry.reply,
                       .refused_by = {},
                       .fate = "refused"},
                      {.address = "hans@sub.example.com",
                       .verdict = entry.verdict,
                       .reply = entry.reply,
                       .refused_by = {},
                       .fate = "refused"}};
  return entry;
}

support::SampleEntry tagged() {  // c
  support::SampleEntry entry = accepted_at(30s);
  entry.sender = "";
  entry.header_from = "";
  entry.subject =
      "見積書 \xe2\x80\xae"
      "evil\xe2\x80\xac 'quoted' %_* hello";
  entry.message_id = "";
  entry.client.ip = *IpAddress::parse("2001:db8:0:1::77");
  entry.verdict.tags = {{.rule = "outside", .subject = "[EXTERN] ", .header = {}}};
  entry.verdict.rules = {{.id = "outside", .held = policy::Truth::yes, .because = {}, .trial = false}};
  entry.delivery.server = "10.0.0.5:25";
  entry.delivery.queue_id = "4XyZ99";
  entry.delivery.recipients = {{"user@example.com", 250, "2.0.0", "Ok: queued as 4XyZ99", "delivered"}};
  return entry;
}

support::SampleEntry relayed() {  // d
  support::SampleEntry entry = accepted_at(40s);
  entry.sender =
      "a@b\xc3\xbc"
      "cher.example";
  entry.verdict = {};
  entry.refused_by = "@relay";
  entry.reply = "550 5.7.1 not here";
  entry.recipients = {{.address = "x@elsewhere.example",
                       .verdict = {},
                       .reply = entry.reply,
                       .refused_by = "@relay",
                       .fate = "refused"}};
  return entry;
}

Result<std::vector<Criterion>> criteria(std::string_view option, std::string_view value) {
  const auto one = [](Result<Criterion> criterion) -> Result<std::vector<Criterion>> {
    if (!criterion) return criterion.error();
    return std::vector{std::move(*criterion)};
  };
  if (option == "sender") return one(by_sender(value));
  if (option == "rcpt") return one(by_recipient(value));
  if (option == "address") return one(by_address(value));
  if (option == "domain") return one(by_domain(value));
  if (option == "ip") return one(by_client(value));
  if (option == "verdict") return one(by_verdict(value));
  if (option == "rule") return one(by_rule(value));
  if (option == "trial") return one(by_trial(value));
  if (option == "outcome") return one(by_outcome(value));
  if (option == "decided") return one(by_decided(value));
  if (option == "list") return one(by_list(value));
  if (option == "ended") return one(by_ended(value));
  if (option == "reply") return one(by_reply(value));
  if (option == "message-id") return one(by_message_id(value));
  if (option == "subject") return by_subject(value);
  return by_text(value);
}

enum class Has { no_index, index, index_behind };

class Found : public testing::TestWithParam<std::tuple<Has, Wanted>> {
 protected:
  Found() {
    days_.add(accepted_at(10s));  // a
    days_.add(refused());
    if (has() == Has::index_behind) days_.make_index();
    days_.add(tagged());
    days_.add(relayed());
    days_.add(session_at(50s));  // e
    if (has() == Has::index) days_.make_index();
  }
  static Has has() { return std::get<0>(GetParam()); }

  std::string letters(const Query& query) const {
    std::string found;
    auto search = Search::in(days_.directory());
    search->find(query, 100, [&](const Search::Found& one) {
      found += static_cast<char>('a' + (one.row.time - kJournalDay) / 10s - 1);
      return true;
    });
    EXPECT_EQ(search->count(query), found.size());
    return found;
  }

  support::JournalDays days_;
};

TEST_P(Found, is_the_same_with_and_without_an_index) {
  const Wanted& wanted = std::get<1>(GetParam());
  const auto all = criteria(wanted.option, wanted.value);
  ASSERT_TRUE(all) << all.error().text();
  EXPECT_EQ(letters({.all_of = *all}), wanted.found);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Found,
    testing::Combine(
        testing::Values(Has::no_index, Has::index, Has::index_behind),
        testing::Values(
            // the newest first
            Wanted{"sender", "joe@a.example", "a"}, Wanted{"sender", "JOE@A.Example", "a"},
            Wanted{"sender", "<joe@a.example>", "a"}, Wanted{"sender", "a.example", "a"},
            Wanted{"sender", "@a.example", "a"}, Wanted{"sender", "*@a.example", "a"},
            Wanted{"sender", "<>", "c"}, Wanted{"sender", "", "c"}, Wanted{"sender", "oe@a.example", ""},
            Wanted{"sender", "joe@a.exampl", ""}, Wanted{"sender", "joe%@a.example", ""},
            Wanted{"sender", "joe_@a.example", ""}, Wanted{"sender", "news@shop.example", "b"},
            Wanted{"sender", "' OR 1=1 --@a.example", ""},
            Wanted{"sender",
                   "a@b\xc3\xbc"
                   "cher.example",
                   "d"},
            Wanted{"sender", "a@xn--bcher-kva.example", "d"},
            Wanted{"sender", std::string_view("joe@a.example\0", 14), ""},
            Wanted{"rcpt", "user@example.com", "ca"}, Wanted{"rcpt", "erika@example.com", "b"},
            Wanted{"rcpt", "example.com", "cba"}, Wanted{"rcpt", "sub.example.com", "b"},
            Wanted{"rcpt", "postmaster", ""}, Wanted{"address", "news@mail.shop.example", "b"},
            Wanted{"address", "joe@a.example", "da"}, Wanted{"domain", "shop.example", "b"},
            Wanted{"domain", "mail.shop.example", "b"}, Wanted{"domain", "example.com", "cba"},
            Wanted{"domain", "op.example", ""}, Wanted{"domain", "com", "cba"},
            Wanted{"domain", "example", "dba"}, Wanted{"domain", "xample", ""},
            Wanted{"domain",
                   "b\xc3\xbc"
                   "cher.example",
                   "d"},
            Wanted{"ip", "192.0.2.7", "da"}, Wanted{"ip", "192.0.2.6", ""},
            Wanted{"ip", "192.0.2.0/24", "da"}, Wanted{"ip", "192.0.2.4/30", "da"},
            Wanted{"ip", "192.0.2.0/30", ""}, Wanted{"ip", "192.0.0.0/16", "da"},
            Wanted{"ip", "192.0.0.0/14", "da"}, Wanted{"ip", "198.51.100.128/25", "b"},
            Wanted{"ip", "128.0.0.0/1", "dba"}, Wanted{"ip", "0.0.0.0/0", "dba"}, Wanted{"ip", "::/0", "c"},
            Wanted{"ip", "2001:db8::/32", "c"}, Wanted{"ip", "2001:db8::/29", "c"},
            Wanted{"ip", "2001:db8:0:1::/64", "c"}, Wanted{"ip", "2001:db8:0:1::40/122", "c"},
            Wanted{"ip", "2001:db8:0:1::80/121", ""}, Wanted{"ip", "2001:db8:0:1::77", "c"},
            Wanted{"ip", "2001:db8:0:1::70/125", "c"}, Wanted{"ip", "2001:db8:0:2::/63", ""},
            Wanted{"ip", "2001:db8::/63", "c"}, Wanted{"verdict", "reject", "db"},
            Wanted{"verdict", "ACCEPT", "ca"}, Wanted{"verdict", "tag", "c"},
            Wanted{"verdict", "quarantine", ""}, Wanted{"rule", "@relay", "d"},
            Wanted{"rule", "shop's \"rule\"; DROP TABLE record; --", "b"}, Wanted{"rule", "scored", "b"},
            Wanted{"rule", "not-held", ""}, Wanted{"rule", "below", ""}, Wanted{"rule", "outside", "c"},
            Wanted{"outcome", "reject", "db"}, Wanted{"outcome", "accept", "a"},
            Wanted{"outcome", "tag", "c"}, Wanted{"decided", "@relay", "d"}, Wanted{"decided", "scored", ""},
            Wanted{"decided", "@default", "ca"}, Wanted{"list", "zen", "b"}, Wanted{"list", "ze", ""},
            Wanted{"ended", "quit", ""}, Wanted{"trial", "on-trial", "b"}, Wanted{"trial", "scored", ""},
            Wanted{"reply", "550", "db"}, Wanted{"reply", "5xx", "db"}, Wanted{"reply", "5", "db"},
            Wanted{"reply", "5.7.26", "b"}, Wanted{"reply", "5.7.2", ""}, Wanted{"reply", "250", "ca"},
            Wanted{"message-id", "<1@a.example>", "da"}, Wanted{"message-id", "1@A.example", "da"},
            Wanted{"message-id", "weird \"id\" OR NEAR(a b)@shop.example", "b"},
            Wanted{"message-id", "1@a", ""}, Wanted{"subject", "hello", "dca"},
            Wanted{"subject", "HELL\xc3\x93", "dca"}, Wanted{"subject", "hel", ""},
            Wanted{"subject", "hel*", "dca"}, Wanted{"subject", "jose uberraschung", "b"},
            Wanted{"subject", "50% off", "b"}, Wanted{"subject", "50_ off", "b"},
            Wanted{"subject", "hello evil", "c"}, Wanted{"subject", "\xe7\xa9\x8d", "c"},
            Wanted{"subject", "\"hello\" NOT evil", ""}, Wanted{"subject", "joe", ""},
            Wanted{"text", "joe", "da"}, Wanted{"text", "4xyz99 QUEUED", "c"},
            Wanted{"text", "shop erika", "b"}, Wanted{"text", "10.0.0.5", ""})));

TEST_P(Found, hears_of_sessions_when_they_are_wanted) {
  Query query{.sessions = true};
  EXPECT_EQ(letters(query), "e");
  query.all_of = {*by_client("192.0.2.7")};
  EXPECT_EQ(letters(query), "e");
  query.all_of = {*by_ended("quit")};
  EXPECT_EQ(letters(query), "e");
  query.all_of = {*by_ended("lost")};
  EXPECT_EQ(letters(query), "");
  query.all_of = {*by_client("198.51.100.1")};
  EXPECT_EQ(letters(query), "");
}

TEST_P(Found, in_a_period_both_seconds_of_which_are_in_it) {
  EXPECT_EQ(letters({.since = kJournalDay + 20s}), "dcb");
  EXPECT_EQ(letters({.until = kJournalDay + 20s}), "ba");
  EXPECT_EQ(letters({.since = kJournalDay + 20s, .until = kJournalDay + 30s}), "cb");
  EXPECT_EQ(letters({.since = kJournalDay + 21s, .until = kJournalDay + 29s}), "");
  EXPECT_EQ(letters({.since = kJournalDay + 48h}), "");
  EXPECT_EQ(letters({.since = Time(std::chrono::seconds(std::numeric_limits<int>::min()))}), "dcba");
}

TEST_P(Found, no_more_than_wanted_and_the_newest) {
  auto search = Search::in(days_.directory());
  std::vector<Time> times;
  search->find({}, 2, [&](const Search::Found& one) {
    times.push_back(one.row.time);
    return true;
  });
  EXPECT_EQ(times, (std::vector<Time>{kJournalDay + 40s, kJournalDay + 30s}));
}

TEST_P(Found, tallies_and_coverage_are_the_same) {
  auto search = Search::in(days_.directory());
  const Coverage covered = search->coverage({}, {});
  EXPECT_EQ(covered.transactions, 4u);
  EXPECT_EQ(covered.sessions, 1u);
  EXPECT_EQ(covered.first, Time(kJournalDay + 10s));
  EXPECT_EQ(covered.last, Time(kJournalDay + 50s));
  const Tally tally = search->totals({}, {});
  const auto counted = [&](Counted what, std::string_view text) {
    return count_of(ranking(tally, what), text);
  };
  EXPECT_EQ(counted(Counted::verdict, "accept"), 1u);
  EXPECT_EQ(counted(Counted::verdict, "tag"), 1u);
  EXPECT_EQ(counted(Counted::verdict, "reject"), 2u);
  EXPECT_EQ(counted(Counted::rule, "@default"), 2u);
  EXPECT_EQ(counted(Counted::effect, "scored"), 1u);
  EXPECT_EQ(counted(Counted::trial, "on-trial"), 1u);
  EXPECT_EQ(counted(Counted::domain, "shop.example"), 1u);
  EXPECT_EQ(counted(Counted::domain, ""), 1u);
  EXPECT_EQ(counted(Counted::refused, "xn--bcher-kva.example"), 1u);
  EXPECT_EQ(counted(Counted::ended, "quit"), 1u);
  EXPECT_EQ(total(ranking(search->totals(kJournalDay + 1h, {}), Counted::verdict)), 0u) << "whole hours";
}

TEST_P(Found, hours_are_counted_one_by_one) {
  auto search = Search::in(days_.directory());
  const auto counts = search->by_hour(Counted::verdict, {}, kJournalDay + 59min).counts();
  EXPECT_EQ(counts,
            (std::map<Tally::Key, std::uint64_t>{{{Counted::verdict, "accept", hour_of(kJournalDay)}, 1},
                                                 {{Counted::verdict, "reject", hour_of(kJournalDay)}, 2},
                                                 {{Counted::verdict, "tag", hour_of(kJournalDay)}, 1}}));
  EXPECT_TRUE(search->by_hour(Counted::verdict, {}, kJournalDay - 1s).counts().empty());
}

class Refused : public testing::TestWithParam<Wanted> {};

TEST_P(Refused, with_what_was_expected) {
  const Wanted& wanted = GetParam();
  const auto all = criteria(wanted.option, wanted.value);
  ASSERT_FALSE(all);
  EXPECT_NE(all.error().text().find(wanted.found), std::string::npos) << all.error().text();
}

INSTANTIATE_TEST_SUITE_P(
    Table, Refused,
    testing::Values(
        Wanted{"sender", "joe@", "an address"}, Wanted{"sender", "@", "an address"},
        Wanted{"sender", "no domain", "<> for the null sender"}, Wanted{"rcpt", "", "an address"},
        Wanted{"rcpt", "<>", "an address"}, Wanted{"domain", "a..b", "a domain"},
        Wanted{"domain", "", "a domain"}, Wanted{"ip", "192.0.2.300", "an IP address"},
        Wanted{"ip", "192.0.2.0/33", "an IP address"}, Wanted{"verdict", "rejct", "did you mean reject?"},
        Wanted{"reply", "55", "a code"}, Wanted{"reply", "950", "a code"}, Wanted{"reply", "5.7", "a code"},
        Wanted{"outcome", "quarantin", "did you mean quarantine?"}, Wanted{"decided", "", "the id of a rule"},
        Wanted{"list", "", "the id of a list in the DNS"}, Wanted{"ended", "", "how connections end"},
        Wanted{"rule", " ", "the id of a rule"}, Wanted{"message-id", "<>", "a Message-ID"},
        Wanted{"subject", "%_\"'", "at least one word"}, Wanted{"subject", "ab*", "at least 3 letters"},
        Wanted{"text", "*", "at least one word"},
        Wanted{"text",
               "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 "
               "32 33",
               "at most 32 words"},
        Wanted{"subject",
               "1-2-3-4-5-6-7-8-9-10-11-12-13-14-15-16-17-18-19-20-21-22-23-24-25-26-27-28-29-30-31-"
               "32-33",
               "at most 32 words"}));

std::string found_by(const Result<Criterion>& criterion, const support::SampleEntry& entry) {
  RowReader reader;
  const std::string line = encode_record(entry);
  const Row* const row = reader.read(line);
  return row && matches({.all_of = {*criterion}}, *row) ? "found" : "";
}

support::SampleEntry held_with_tags() {
  support::SampleEntry entry = accepted_at(10s);
  entry.verdict.action = policy::Disposition::quarantine;
  entry.verdict.rule = "odd";
  entry.verdict.tags = {{.rule = "outside", .subject = "[EXTERN] ", .header = {}}};
  entry.verdict.score_tag = true;
  entry.added_headers = {"X-Postern-Score: 4.5"};
  for (support::SampleRecipient& one : entry.recipients) one.verdict = entry.verdict;
  return entry;
}

TEST(Tagged, is_what_was_accepted_with_a_tag) {
  const support::SampleEntry held = held_with_tags();
  EXPECT_EQ(found_by(by_verdict("tag"), held), "");
  EXPECT_EQ(found_by(by_outcome("tag"), held), "");
  EXPECT_EQ(found_by(by_verdict("quarantine"), held), "found");
  support::SampleEntry scored = accepted_at(10s);
  scored.verdict.score_tag = true;
  EXPECT_EQ(found_by(by_verdict("tag"), scored), "found");
  EXPECT_EQ(found_by(by_outcome("tag"), scored), "found");
}

TEST(Tagged, is_a_message_one_recipient_of_which_got_it_with_a_tag) {
  support::SampleEntry entry = held_with_tags();
  entry.recipients.push_back(entry.recipients.front());
  entry.recipients.back().verdict = accepted_at(10s).verdict;
  EXPECT_EQ(found_by(by_verdict("tag"), entry), "");
  entry.recipients.back().verdict.score_tag = true;
  EXPECT_EQ(found_by(by_verdict("tag"), entry), "found");
  EXPECT_EQ(found_by(by_outcome("tag"), entry), "") << "the message as a whole was held";
}

TEST(Verdict, of_a_recipient_counts_when_the_message_was_taken) {
  support::SampleEntry entry = accepted_at(10s);
  entry.recipients.front().verdict.tags = {{.rule = "outside", .subject = "[EXTERN] ", .header = {}}};
  entry.refused_by = "@mailstore";
  entry.reply = "550 5.1.1 no such user";
  EXPECT_EQ(found_by(by_verdict("reject"), entry), "found");
  EXPECT_EQ(found_by(by_verdict("accept"), entry), "");
  EXPECT_EQ(found_by(by_verdict("tag"), entry), "");
}

TEST(Reply, is_the_last_one_and_that_of_whoever_was_refused_before) {
  support::SampleEntry entry = accepted_at(10s);
  entry.reply = "451 4.7.1 later";
  entry.recipients.front().reply = "250 2.1.5 Recipient OK";
  entry.recipients.push_back({.address = "x@elsewhere.example",
                              .verdict = {},
                              .reply = "550 5.7.1 no relay",
                              .refused_by = "@relay",
                              .fate = "refused"});
  EXPECT_EQ(found_by(by_reply("2xx"), entry), "");
  EXPECT_EQ(found_by(by_reply("451"), entry), "found");
  EXPECT_EQ(found_by(by_reply("550"), entry), "found");
}

TEST(Addresses, compare_without_case_in_other_alphabets) {
  EXPECT_EQ(comparable_address("H\xc3\x84NS@a.example"), comparable_address("h\xc3\xa4ns@A.example"));
  EXPECT_EQ(comparable_address("\xd0\x98\xd0\x92\xd0\x90\xd0\x9d@a.example"),
            comparable_address("\xd0\xb8\xd0\xb2\xd0\xb0\xd0\xbd@a.example"));
  EXPECT_NE(comparable_address("h\xc3\xa4ns@a.example"), comparable_address("hans@a.example"));
}

TEST(SeveralDays, are_searched_from_the_newest_on) {
  support::JournalDays days;
  support::SampleEntry today = accepted_at(60s);
  support::SampleEntry yesterday = accepted_at(-60s);
  days.add(today);
  days.add(yesterday);
  days.make_index(kJournalDay - std::chrono::days(1));
  auto search = Search::in(days.directory());
  std::vector<std::string> ids;
  search->find({}, 10, [&](const Search::Found& one) {
    ids.emplace_back(one.row.id);
    return true;
  });
  EXPECT_EQ(ids, (std::vector{today.id, yesterday.id}));
}

// What ended behind midnight stands in the file of the next day.
TEST(SeveralDays, of_which_one_has_a_record_of_the_evening_before) {
  support::JournalDays days;
  const support::SampleEntry late = accepted_at(-1s);
  days.append(encode_record(late) + "\n");
  days.make_index();
  auto search = Search::in(days.directory());
  EXPECT_EQ(search->count({.since = kJournalDay - 1h, .until = kJournalDay - 1s}), 1u);
  EXPECT_EQ(search->count({.since = kJournalDay}), 0u);
}

// Two days whose files overlap around midnight: what ended behind it stands in the file of the next day.
class AroundMidnight : public testing::TestWithParam<Has> {
 protected:
  AroundMidnight() {
    const auto add = [&](std::chrono::seconds after, std::chrono::days file) {
      const support::SampleEntry entry = accepted_at(after);
      wanted_.push_back({entry.start, entry.id});
      days_.append(encode_record(entry) + "\n", kJournalDay + file);
    };
    const auto index = [&](Has has) {
      if (GetParam() != has) return;
      days_.make_index(kJournalDay - std::chrono::days(1));
      days_.make_index();
    };
    add(-5s, std::chrono::days(-1));
    add(-1s, std::chrono::days(-1));
    add(-9s, std::chrono::days(0));
    index(Has::index_behind);
    add(-3s, std::chrono::days(-1));
    add(-1s, std::chrono::days(0));
    add(2s, std::chrono::days(0));
    add(-1s, std::chrono::days(0));
    add(-4s, std::chrono::days(0));
    index(Has::index);
    // The newest first; of one second, what stands further behind.
    std::vector<std::size_t> order{5, 6, 4, 1, 3, 7, 0, 2};
    for (const std::size_t i : order) newest_first_.push_back(wanted_[i].second);
  }

  std::vector<std::string> found(const Query& query, std::size_t most,
                                 const std::optional<Place>& behind = {}) {
    std::vector<std::string> ids;
    auto search = Search::in(days_.directory());
    search->find(
        query, most,
        [&](const Search::Found& one) {
          ids.emplace_back(one.row.id);
          last_ = one.place;
          return true;
        },
        behind);
    return ids;
  }

  support::JournalDays days_;
  std::vector<std::pair<Time, std::string>> wanted_;
  std::vector<std::string> newest_first_;
  std::optional<Place> last_;
};

TEST_P(AroundMidnight, records_are_told_by_their_time) {
  EXPECT_EQ(found({}, 100), newest_first_);
  for (std::size_t most = 0; most <= newest_first_.size(); ++most)
    EXPECT_EQ(found({}, most),
              std::vector(newest_first_.begin(), newest_first_.begin() + static_cast<std::ptrdiff_t>(most)));
}

TEST_P(AroundMidnight, pages_go_on_where_the_one_before_ended) {
  for (std::size_t most = 1; most <= newest_first_.size(); ++most) {
    std::vector<std::string> all;
    std::optional<Place> behind;
    for (;;) {
      const auto page = found({}, most, behind);
      if (page.empty()) break;
      all.insert(all.end(), page.begin(), page.end());
      behind = Place::parse(last_->text());
      ASSERT_TRUE(behind);
      ASSERT_EQ(*behind, *last_);
    }
    EXPECT_EQ(all, newest_first_) << most;
  }
}

TEST_P(AroundMidnight, a_page_is_the_same_when_more_has_come) {
  found({}, 3);
  const auto behind = last_;
  const auto page = found({}, 3, behind);
  days_.add(accepted_at(3s));
  days_.add(accepted_at(1s));
  EXPECT_EQ(found({}, 3, behind), page);
}

TEST_P(AroundMidnight, a_period_is_kept) {
  const auto in_period = found({.since = kJournalDay - 4s, .until = kJournalDay - 1s}, 100);
  EXPECT_EQ(in_period, std::vector(newest_first_.begin() + 1, newest_first_.begin() + 6));
}

INSTANTIATE_TEST_SUITE_P(Table, AroundMidnight,
                         testing::Values(Has::no_index, Has::index, Has::index_behind));

// The beginning of a word that nearly everything has is looked for in the newest lines first: nobody must be
// able to tell.
TEST(OpenWord, is_found_the_same_however_much_has_it) {
  support::JournalDays days;
  constexpr int kRecords = 700;
  for (int i = 0; i < kRecords; ++i) {
    support::SampleEntry entry = accepted_at(std::chrono::seconds(i));
    entry.subject = i % 3 == 0 ? fmt::format("invoice{}", i) : i == 4 ? "invitation" : "other";
    days.add(entry);
  }
  days.make_index();
  const auto times = [&](std::string_view words, std::size_t most, const std::optional<Place>& behind) {
    std::vector<long> seconds;
    auto search = Search::in(days.directory());
    search->find(
        {.all_of = *by_subject(words)}, most,
        [&](const Search::Found& one) {
          seconds.push_back((one.row.time - kJournalDay).count());
          return true;
        },
        behind);
    return seconds;
  };
  const auto all = times("inv*", kRecords, {});
  EXPECT_EQ(all.size(), 235u);
  EXPECT_EQ(all.back(), 0);
  EXPECT_EQ(times("inv*", 3, {}), (std::vector<long>{699, 696, 693}));
  EXPECT_EQ(times("inv*", 3, Place{kJournalDay, row_number(kJournalDay, kJournalDay + 693s, 693)}),
            (std::vector<long>{690, 687, 684}));
  EXPECT_EQ(times("invi*", 3, {}), (std::vector<long>{4}));
  EXPECT_EQ(times("invo* invi*", 3, {}), std::vector<long>{});
}

TEST(NoJournal, is_an_error_with_the_place) {
  const auto search = Search::in("/nonexistent/journal");
  ASSERT_FALSE(search);
  EXPECT_NE(search.error().text().find("/nonexistent/journal"), std::string::npos);
}

// As when the gateway ends while somebody looks through gigabytes that no index has.
TEST(GivenUp, EndsWhereLinesAreRead) {
  support::JournalDays days;
  for (int i = 0; i < 10; ++i) days.add(accepted_at(std::chrono::seconds(i)));
  int asked = 0;
  auto search = Search::in(days.directory(), [&] { return ++asked == 5; });
  ASSERT_TRUE(search);
  EXPECT_THROW(search->count({}), std::runtime_error);
  EXPECT_EQ(asked, 5);
}

}  // namespace
}  // namespace gateway::journal::index
