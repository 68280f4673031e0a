#include "gateway/journal/index/day_index.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "gateway/journal/encode.h"
#include "tests/support/journal_days.h"

namespace gateway::journal::index {
namespace {

using namespace std::chrono_literals;
using support::accepted_at;
using support::kJournalDay;
using Access = Database::Access;

class OneDay : public testing::Test {
 protected:
  DayFiles files() const { return files_of(days_.directory(), kJournalDay); }
  static std::string line(std::chrono::seconds after) {
    const support::SampleEntry entry = accepted_at(after);
    return encode_record(entry) + "\n";
  }
  std::size_t advance(std::size_t most = 1 << 20) {
    auto lines = LineReader::open(files().lines);
    return DayIndex(files(), Access::write).advance(*lines, most);
  }
  static RowRange all_rows() { return rows_between(kJournalDay, {}, {}, {}); }
  std::vector<std::uint64_t> places(std::size_t most = 100) {
    std::vector<std::uint64_t> all;
    for (const auto& hit : DayIndex(files(), Access::read).find({}, all_rows(), most)) all.push_back(hit.at);
    return all;
  }

  support::JournalDays days_;
};

TEST_F(OneDay, goes_on_where_it_stopped) {
  const std::string one = line(1s);
  const std::string two = line(2s);
  days_.append(one);
  EXPECT_EQ(advance(), 1u);
  EXPECT_EQ(advance(), 0u);
  days_.append(two);
  EXPECT_EQ(advance(), 1u);
  EXPECT_EQ(places(), (std::vector<std::uint64_t>{one.size(), 0}));
  EXPECT_EQ(DayIndex(files(), Access::read).content().octets, one.size() + two.size());
}

TEST_F(OneDay, a_torn_last_line_waits_for_its_end) {
  const std::string one = line(1s);
  days_.append(one.substr(0, 100));
  EXPECT_EQ(advance(), 0u);
  days_.append(one.substr(100));
  EXPECT_EQ(advance(), 1u);
  EXPECT_EQ(places().size(), 1u);
}

TEST_F(OneDay, what_is_no_record_is_passed_over_and_counted) {
  days_.append("\n{}\nnonsense\n[1]\n{\"format\":2}\n\xff\xfe\n" + line(1s) + std::string("\0\0\n", 3));
  EXPECT_EQ(advance(), 8u);
  const auto content = DayIndex(files(), Access::read).content();
  EXPECT_EQ(content.unreadable, 7u);
  EXPECT_EQ(content.transactions, 1u);
}

TEST_F(OneDay, a_commit_takes_no_more_than_it_may) {
  for (int i = 0; i < 10; ++i) days_.append(line(std::chrono::seconds(i)));
  EXPECT_EQ(advance(1), 1u);
  EXPECT_EQ(advance(), 9u);
}

TEST_F(OneDay, rows_are_sorted_by_time_whatever_their_order_is) {
  const std::string late = line(100s);
  days_.append(late + line(50s));
  advance();
  days_.append(line(10s) + line(75s));
  advance();
  const auto found = places();
  ASSERT_EQ(found.size(), 4u);
  EXPECT_EQ(found.front(), 0u);
  EXPECT_EQ(places(2)[1], late.size() * 3);
}

TEST_F(OneDay, rows_of_one_second_do_not_meet) {
  for (int i = 0; i < 500; ++i) days_.append(line(7s));
  advance(1000);
  advance();
  EXPECT_EQ(places(1000).size(), 500u);
}

TEST_F(OneDay, lines_of_any_year_are_found) {
  std::string odd = line(0s);
  odd.replace(odd.find("2026-11-25T"), 11, "9999-12-31T");
  std::string old = line(0s);
  old.replace(old.find("2026-11-25T"), 11, "0000-01-01T");
  days_.append(odd + old + line(1s));
  advance();
  EXPECT_EQ(places().size(), 3u);
}

TEST_F(OneDay, other_lines_under_an_index_are_noticed) {
  days_.append(line(1s) + line(2s));
  advance();
  std::filesystem::remove(files().lines);
  days_.append(line(1s) + line(3s) + line(4s));
  auto lines = LineReader::open(files().lines);
  EXPECT_FALSE(DayIndex(files(), Access::read).fits(*lines));
  EXPECT_THROW(advance(), SqliteError);
}

TEST_F(OneDay, lines_that_were_cut_off_are_noticed) {
  days_.append(line(1s) + line(2s));
  advance();
  std::filesystem::resize_file(files().lines, 10);
  EXPECT_THROW(advance(), SqliteError);
}

SqliteError::Kind kind_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const SqliteError& error) {
    return error.kind();
  }
  return SqliteError::Kind::other;
}

TEST_F(OneDay, one_of_another_schema_is_not_used) {
  days_.append(line(1s));
  advance();
  { Database(files().index, Access::write).run("PRAGMA user_version = 99"); }
  EXPECT_EQ(kind_of([&] { places(); }), SqliteError::Kind::corrupt);
  EXPECT_EQ(kind_of([&] { advance(); }), SqliteError::Kind::corrupt);
}

TEST_F(OneDay, a_file_that_is_no_database_is_not_used) {
  days_.append(line(1s));
  std::ofstream(files().index) << std::string(10'000, 'x');
  EXPECT_EQ(kind_of([&] { places(); }), SqliteError::Kind::corrupt);
  EXPECT_EQ(kind_of([&] { advance(); }), SqliteError::Kind::corrupt);
}

TEST_F(OneDay, an_index_that_is_not_there_is_not_made_to_be_read) {
  days_.append(line(1s));
  EXPECT_EQ(kind_of([&] { places(); }), SqliteError::Kind::missing);
  EXPECT_FALSE(std::filesystem::exists(files().index));
}

TEST_F(OneDay, who_reads_sees_it_as_it_was) {
  days_.append(line(1s));
  advance();
  DayIndex reader(files(), Access::read);
  EXPECT_EQ(reader.content().lines, 1u);
  days_.append(line(2s));
  advance();
  EXPECT_EQ(reader.content().lines, 1u);
  EXPECT_EQ(reader.find({}, all_rows(), 10).size(), 1u);
  EXPECT_EQ(places().size(), 2u);
}

TEST_F(OneDay, cleared_it_can_be_made_anew) {
  days_.append(line(1s) + line(2s));
  advance();
  DayIndex(files(), Access::write).clear();
  EXPECT_EQ(places().size(), 0u);
  EXPECT_EQ(advance(), 2u);
  EXPECT_EQ(places().size(), 2u);
}

TEST_F(OneDay, it_is_for_the_same_eyes_as_the_lines) {
  days_.append(line(1s));
  advance();
  EXPECT_EQ(std::filesystem::status(files().index).permissions() & std::filesystem::perms::others_all,
            std::filesystem::perms::none);
}

// Each field may be anything: an index made of it answers, and finds the record by it.
TEST_F(OneDay, hostile_texts_are_found_by_themselves) {
  const std::vector<std::string> texts{
      "\" OR \"",
      "'; DROP TABLE record; --",
      std::string("a\0b", 3),
      "\x1b[31mred",
      "\xe2\x80\xae"
      "txt.exe",
      "<script>alert(1)</script>",
      "term : NEAR(a, b) ^*",
      std::string(5000, 'x'),
      std::string(5000, 'x') + "y",
      "\xff\xfe not utf-8",
      "%",
      " ",
  };
  for (const std::string& text : texts) {
    support::SampleEntry entry = accepted_at(1s);
    entry.verdict.rule = text;
    entry.message_id = text;
    days_.add(entry);
  }
  advance(100 << 20);
  DayIndex index(files(), Access::read);
  EXPECT_EQ(index.find({}, all_rows(), 1000).size(), texts.size());
  for (const std::string& text : texts)
    if (is_valid_utf8(text) && text != " ") {
      EXPECT_EQ(index.count({.all_of = {*by_rule(text)}}), 1u) << text.substr(0, 40);
      EXPECT_EQ(index.count({.all_of = {*by_message_id(text)}}), 1u) << text.substr(0, 40);
    }
}

}  // namespace
}  // namespace gateway::journal::index
