// Records that tell of no mail: written, found by the id they are about, and in nobody's way.
#include "gateway/journal/note.h"

#include <gtest/gtest.h>

#include "filters/registry.h"
#include "gateway/journal/decode.h"
#include "gateway/journal/index/query.h"
#include "gateway/journal/index/row_reader.h"
#include "gateway/journal/index/tally.h"
#include "gateway/journal/tell_audit.h"

namespace gateway::journal {
namespace {

constexpr Time kWhen{std::chrono::seconds(1'795'600'000)};

Audit audit() {
  return {.id = "0NAP6CQFG100",
          .when = kWhen,
          .host = "mx1",
          .who = "alice\x1b[31m",
          .via = "web",
          .action = "release",
          .result = "partly",
          .store = "quarantine",
          .server = "10.0.0.5:25",
          .queue_id = "4B1C",
          .recipients = {{"erika@example.com", "taken", "250 2.0.0 Ok: queued as 4B1C"},
                         {"hans@example.com", "failed for good", "550 5.1.1 \"no\"\n"}},
          .left = 1};
}

TEST(Note, AnAuditReadsBack) {
  const std::string line = encode_audit(audit());
  EXPECT_EQ(line.find('\n'), line.npos);
  EXPECT_TRUE(is_note(line));
  index::RowReader reader;
  const index::Row* const row = reader.read(line);
  ASSERT_TRUE(row);
  EXPECT_EQ(row->note, "audit");
  EXPECT_EQ(row->id, "0NAP6CQFG100");
  EXPECT_EQ(row->done, "release");
  EXPECT_EQ(row->recipients.size(), 2u);
  EXPECT_EQ(row->recipients[1].reply, "550 5.1.1 \"no\"\n");
  EXPECT_EQ(row->left, 1);
  const std::string told = tell_audit(*row);
  EXPECT_NE(told.find("partly released by alice"), told.npos) << told;
  EXPECT_NE(told.find("(page): erika@example.com 250 2.0.0 Ok"), told.npos) << told;
}

TEST(Note, IsFoundByItsOwnQueriesAlone) {
  index::RowReader reader;
  const index::Row* const row = reader.read(encode_audit(audit()));
  ASSERT_TRUE(row);
  index::Query query{.all_of = {index::by_id("0NAP6CQFG100")}};
  EXPECT_FALSE(matches(query, *row));
  query.sessions = true;
  EXPECT_FALSE(matches(query, *row));
  query = {.notes = true, .all_of = {index::by_id("0NAP6CQFG100"), index::by_note("audit")}};
  EXPECT_TRUE(matches(query, *row));
  query.all_of.push_back(*index::by_recipient("hans@example.com"));
  EXPECT_TRUE(matches(query, *row));
  query.all_of.push_back(index::by_note("gap"));
  EXPECT_FALSE(matches(query, *row));
  EXPECT_NE(match_expression(query).find("k:n"), std::string::npos);
}

TEST(Note, AGapIsCountedByTheHour) {
  const std::string line = encode_gap({.id = "0NAP6CQFG101",
                                       .when = kWhen,
                                       .since = kWhen - std::chrono::minutes(5),
                                       .until = kWhen - std::chrono::minutes(1),
                                       .failed = 7,
                                       .dropped = 2,
                                       .why = "No space left on device"});
  index::RowReader reader;
  const index::Row* const row = reader.read(line);
  ASSERT_TRUE(row);
  EXPECT_EQ(row->lost, 9);
  EXPECT_EQ(row->since, kWhen - std::chrono::minutes(5));
  index::Tally tally;
  tally.add(*row);
  ASSERT_EQ(tally.counts().size(), 1u);
  EXPECT_EQ(tally.counts().begin()->first.what, index::Counted::lost);
  EXPECT_EQ(tally.counts().begin()->second, 9u);
}

TEST(Note, WhoReadsRecordsOfMailIsToldThatItIsNone) {
  const auto decoded = decode(encode_audit(audit()), filters::make_vocabulary());
  ASSERT_FALSE(decoded);
  EXPECT_NE(decoded.error().text().find("its kind is 'audit'"), std::string::npos);
  EXPECT_FALSE(is_note(R"({"format":1,"kind":"session","id":"x"})"));
}

}  // namespace
}  // namespace gateway::journal
