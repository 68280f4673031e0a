#include "gateway/journal/index/indexer.h"

#include <gtest/gtest.h>

#include <functional>

#include "gateway/journal/encode.h"
#include "gateway/journal/index/day_index.h"
#include "gateway/journal/index/search.h"
#include "tests/support/journal_days.h"

namespace gateway::journal::index {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;
using support::accepted_at;
using support::kJournalDay;

class InBackground : public testing::Test {
 protected:
  static constexpr auto kPatience = 60s;

  void eventually(const std::function<bool()>& condition) {
    const auto until = std::chrono::steady_clock::now() + kPatience;
    while (!condition() && std::chrono::steady_clock::now() < until) std::this_thread::sleep_for(2ms);
    EXPECT_TRUE(condition());
  }
  // How many records are in the index of that day.
  std::uint64_t indexed(Day day = kJournalDay) const {
    try {
      return DayIndex(files_of(days_.directory(), day), Database::Access::read).content().transactions;
    } catch (const SqliteError&) {
      return 0;
    }
  }
  std::unique_ptr<Indexer> start() {
    return std::make_unique<Indexer>(
        days_.directory(),
        Indexer::Pace{.look = 5ms, .first_pause = 1s, .longest_pause = 1s, .commit_octets = 4000});
  }

  support::JournalDays days_;
};

TEST_F(InBackground, takes_what_is_there_and_what_comes) {
  for (int i = 0; i < 20; ++i) days_.add(accepted_at(std::chrono::seconds(i)));
  const auto indexer = start();
  eventually([&] { return indexed() == 20; });
  days_.add(accepted_at(30s));
  eventually([&] { return indexed() == 21; });
  // It counts behind the commit, which this test has already seen.
  eventually([&] { return indexer->state().lines == 21; });
  eventually([&] { return indexer->state().lag_octets == 0; });
  EXPECT_EQ(indexer->state().trouble, "");
}

TEST_F(InBackground, goes_on_behind_midnight_and_finishes_old_days) {
  days_.add(accepted_at(-48h));
  days_.add(accepted_at(-24h));
  const auto indexer = start();
  eventually([&] { return indexed(kJournalDay - days(2)) == 1 && indexed(kJournalDay - days(1)) == 1; });
  days_.add(accepted_at(1s));
  eventually([&] { return indexed() == 1; });
}

TEST_F(InBackground, waits_for_a_journal) {
  std::filesystem::remove(days_.directory());
  const auto indexer = start();
  std::filesystem::create_directories(days_.directory());
  days_.add(accepted_at(1s));
  eventually([&] { return indexed() == 1; });
}

TEST_F(InBackground, makes_a_damaged_index_anew) {
  days_.add(accepted_at(1s));
  days_.make_index();
  std::ofstream(days_.index(), std::ios::binary | std::ios::in).write(std::string(4096, 'x').data(), 4096);
  const auto indexer = start();
  eventually([&] { return indexed() == 1; });
  EXPECT_EQ(indexer->state().rebuilt, 1u);
}

TEST_F(InBackground, makes_one_of_another_schema_anew) {
  days_.add(accepted_at(1s));
  days_.make_index();
  Database(days_.index(), Database::Access::write).run("PRAGMA user_version = 99");
  const auto indexer = start();
  eventually([&] { return indexed() == 1; });
}

TEST_F(InBackground, makes_one_anew_whose_lines_were_written_anew) {
  days_.add(accepted_at(1s));
  days_.add(accepted_at(2s));
  const auto indexer = start();
  eventually([&] { return indexed() == 2; });
  std::filesystem::remove(days_.lines());
  days_.add(accepted_at(3s));
  eventually([&] { return indexed() == 1; });
}

TEST_F(InBackground, makes_one_anew_that_somebody_removed) {
  days_.add(accepted_at(1s));
  const auto indexer = start();
  eventually([&] { return indexed() == 1; });
  remove_database(days_.index());
  days_.add(accepted_at(2s));
  eventually([&] { return indexed() == 2; });
}

TEST_F(InBackground, makes_that_of_an_old_day_anew_too) {
  days_.add(accepted_at(-24h));
  days_.add(accepted_at(1s));
  const auto indexer = start();
  eventually([&] { return indexed() == 1 && indexed(kJournalDay - days(1)) == 1; });
  remove_database(days_.index(kJournalDay - days(1)));
  eventually([&] { return indexed(kJournalDay - days(1)) == 1; });
}

// The one that was removed is closed behind the new one's back, and takes nothing of it away.
TEST_F(InBackground, goes_on_with_one_that_another_made_anew) {
  days_.add(accepted_at(1s));
  const auto indexer = start();
  eventually([&] { return indexed() == 1; });
  remove_database(days_.index());
  const DayFiles files = files_of(days_.directory(), kJournalDay);
  auto lines = LineReader::open(files.lines);
  DayIndex other(files, Database::Access::write);
  other.advance(*lines, 1 << 20);
  for (int i = 2; i < 20; ++i) {
    days_.add(accepted_at(std::chrono::seconds(i)));
    eventually([&] { return indexed() == static_cast<std::uint64_t>(i); });
  }
  EXPECT_EQ(other.content().transactions, 19u);
  EXPECT_EQ(indexer->state().rebuilt, 0u);
}

TEST_F(InBackground, tries_again_what_could_not_be_made) {
  days_.add(accepted_at(1s));
  std::filesystem::create_directories(days_.index());  // in its way
  const auto indexer = start();
  eventually([&] { return indexer->state().failures > 0; });
  EXPECT_NE(indexer->state().trouble, "");
  eventually([&] { return indexer->state().lag_octets > 0; });
  for (int look = 0; look < 20; ++look) {  // also while it pauses
    std::this_thread::sleep_for(5ms);
    EXPECT_GT(indexer->state().lag_octets, 0u);
  }
  std::filesystem::remove(days_.index());
  eventually([&] { return indexed() == 1; });
  eventually([&] { return indexer->state().trouble.empty(); });
}

TEST_F(InBackground, waits_for_another_that_writes) {
  days_.add(accepted_at(1s));
  days_.make_index();
  {
    Database other(days_.index(), Database::Access::write);
    const Change change(other);
    days_.add(accepted_at(2s));
    const auto indexer = start();
    EXPECT_EQ(indexed(), 1u);
  }
  const auto indexer = start();
  eventually([&] { return indexed() == 2; });
}

TEST_F(InBackground, removes_indexes_whose_lines_are_gone) {
  days_.add(accepted_at(-24h));
  days_.add(accepted_at(1s));
  const auto indexer = start();
  eventually([&] { return indexed(kJournalDay - days(1)) == 1; });
  std::filesystem::remove(days_.lines(kJournalDay - days(1)));
  eventually([&] { return !std::filesystem::exists(days_.index(kJournalDay - days(1))); });
}

}  // namespace
}  // namespace gateway::journal::index
