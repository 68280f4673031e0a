#include "gateway/journal/journal.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <csignal>
#include <fstream>
#include <future>
#include <mutex>
#include <set>
#include <thread>

#include "tests/support/temporary_directory.h"

namespace gateway::journal {
namespace {

namespace fs = std::filesystem;
using std::chrono::sys_days;

constexpr sys_days kToday{std::chrono::year{2026} / 11 / 25};

using support::file_text;

class JournalFiles : public testing::Test {
 protected:
  fs::path today() const { return directory_ / "2026-11-25.jsonl"; }
  void put(const fs::path& file, const std::string& text) {
    fs::create_directories(directory_);
    std::ofstream(file, std::ios::binary) << text;
  }

  std::set<std::string> names_left() const {
    std::set<std::string> left;
    for (const auto& entry : fs::directory_iterator(directory_))
      left.insert(entry.path().filename().string());
    return left;
  }

  const support::TemporaryDirectory root_;
  const fs::path directory_ = root_.path() / "journal";
};

TEST_F(JournalFiles, LinesAreAppended) {
  DayFile file(directory_, 0);
  file.append(kToday, "one\n");
  file.append(kToday + std::chrono::hours(23), "two\n");
  EXPECT_EQ(file_text(today()), "one\ntwo\n");
}

TEST_F(JournalFiles, MidnightBeginsANewFile) {
  DayFile file(directory_, 0);
  file.append(kToday + std::chrono::seconds(86399), "one\n");
  file.append(kToday + std::chrono::seconds(86400), "two\n");
  EXPECT_EQ(file_text(today()), "one\n");
  EXPECT_EQ(file_text(directory_ / "2026-11-26.jsonl"), "two\n");
}

TEST_F(JournalFiles, ARemovedFileIsMadeAnew) {
  DayFile file(directory_, 0);
  file.append(kToday, "one\n");
  fs::remove_all(directory_);
  file.append(kToday, "two\n");
  EXPECT_EQ(file_text(today()), "two\n");
}

TEST_F(JournalFiles, ARenamedFileIsLeftAlone) {
  DayFile file(directory_, 0);
  file.append(kToday, "one\n");
  fs::rename(today(), directory_ / "old");
  put(today(), "");
  file.append(kToday, "two\n");
  EXPECT_EQ(file_text(directory_ / "old"), "one\n");
  EXPECT_EQ(file_text(today()), "two\n");
}

TEST_F(JournalFiles, ALineWithoutItsEndIsEnded) {
  put(today(), "whole\ntor");
  DayFile file(directory_, 0);
  file.append(kToday, "two\n");
  EXPECT_EQ(file_text(today()), "whole\ntor\ntwo\n");
}

TEST_F(JournalFiles, OldFilesAreRemovedAndNothingElse) {
  const auto names = {"2026-11-22.jsonl", "2026-11-23.jsonl", "2025-01-01.jsonl", "2025-01-01.jsonl.gz",
                      "2025-13-01.jsonl", "2025-1-001.jsonl", "index.sqlite"};
  for (const char* name : names) put(directory_ / name, "");
  DayFile file(directory_, 2);
  file.append(kToday, "one\n");
  EXPECT_EQ(names_left(),
            (std::set<std::string>{"2026-11-23.jsonl", "2026-11-25.jsonl", "2025-01-01.jsonl.gz",
                                   "2025-13-01.jsonl", "2025-1-001.jsonl", "index.sqlite"}));
}

TEST_F(JournalFiles, AnOldDayGoesWithItsIndex) {
  for (const char* name :
       {"2026-11-01.jsonl", "2026-11-01.sqlite", "2026-11-01.sqlite-wal", "2026-11-01.sqlite-shm",
        "2026-11-24.sqlite", "2026-11-24.jsonl", "2026-11-01.sqlite.copy"})
    put(directory_ / name, "x");
  remove_old(directory_, kToday, 2);
  EXPECT_EQ(names_left(),
            (std::set<std::string>{"2026-11-24.sqlite", "2026-11-24.jsonl", "2026-11-01.sqlite.copy"}));
}

TEST_F(JournalFiles, TheOldestDaysGoWhenThereIsTooMuch) {
  for (const char* name : {"2026-11-21.jsonl", "2026-11-22.jsonl", "2026-11-23.jsonl", "2026-11-25.jsonl"})
    put(directory_ / name, std::string(1000, 'x'));
  put(directory_ / "2026-11-22.sqlite", std::string(500, 'x'));
  remove_old(directory_, kToday, {0, 4500});
  EXPECT_EQ(names_left().size(), 5u);
  remove_old(directory_, kToday, {0, 3500});
  EXPECT_EQ(names_left(), (std::set<std::string>{"2026-11-22.jsonl", "2026-11-22.sqlite", "2026-11-23.jsonl",
                                                 "2026-11-25.jsonl"}))
      << "one was enough";
  remove_old(directory_, kToday, {0, 1});
  EXPECT_EQ(names_left(), (std::set<std::string>{"2026-11-25.jsonl"}));
}

TEST_F(JournalFiles, TooMuchIsNoticedWithinTheDay) {
  put(directory_ / "2026-11-24.jsonl", std::string(1000, 'x'));
  DayFile file(directory_, {0, 1'000'000});
  file.append(kToday, "one\n");
  EXPECT_EQ(names_left().size(), 2u);
  for (int i = 0; i < 11; ++i) file.append(kToday, std::string(99'999, 'x') + "\n");
  EXPECT_EQ(names_left(), (std::set<std::string>{"2026-11-25.jsonl"}));
}

TEST_F(JournalFiles, ADiskErrorIsThrown) {
  put(root_.path() / "file", "");
  DayFile file(root_.path() / "file" / "journal", 0);
  EXPECT_THROW(file.append(kToday, "one\n"), std::system_error);
  fs::create_directories(directory_);
  fs::create_symlink("/dev/full", today());
  DayFile full(directory_, 0);
  EXPECT_THROW(full.append(kToday, "one\n"), std::system_error);
}

class JournalThread : public JournalFiles {
 protected:
  static Time clock() { return kToday; }
  void write(Journal& journal, const std::vector<std::string>& lines) {
    asio::io_context loop;
    for (const std::string& line : lines) journal.post(loop.get_executor(), {line, ""});
    loop.run();
  }
};

TEST_F(JournalThread, DestructionWritesWhatIsQueued) {
  std::vector<std::string> lines;
  std::string expected;
  for (int i = 0; i < 1000; ++i) expected += lines.emplace_back("line " + std::to_string(i)) + "\n";
  {
    Journal journal(directory_, 0, {}, clock);
    write(journal, lines);
  }
  EXPECT_EQ(file_text(today()), expected);
}

TEST_F(JournalThread, PlainLinesOfABatchGoToTheSinkTogether) {
  std::string plain;
  {
    Journal journal(directory_, 0, {.gather = std::chrono::seconds(60)}, clock,
                    [&](std::string_view lines) { plain += std::string(lines) + "|"; });
    asio::io_context loop;
    journal.post(loop.get_executor(), {"{1}", "one"});
    journal.post(loop.get_executor(), {"{2}", ""});
    journal.post(loop.get_executor(), {"{3}", "three"});
  }  // the end does not wait for more
  EXPECT_EQ(plain, "one\nthree|");
  EXPECT_EQ(file_text(today()), "{1}\n{2}\n{3}\n");
}

TEST_F(JournalThread, AQueueThatFillsIsNotGatheredAnyLonger) {
  std::promise<void> two;
  unsigned heard = 0;
  Journal journal(directory_, 0, {.lines = 4, .gather = std::chrono::hours(1)}, clock);
  journal.on_record([&](std::string_view) {
    if (++heard == 2) two.set_value();
  });
  write(journal, {"one", "two"});
  EXPECT_EQ(two.get_future().wait_for(std::chrono::seconds(10)), std::future_status::ready);
}

TEST_F(JournalThread, ALineCannotBecomeTwo) {
  {
    Journal journal(directory_, 0, {}, clock);
    write(journal, {"a\nb"});
  }
  EXPECT_EQ(file_text(today()), "a b\n");
}

TEST(Batch, ItsMemoryIsUsedAgainButNotThatOfARush) {
  Batch batch;
  const std::string large(5 << 20, 'x');
  for (const std::string& line : {std::string("one"), large, std::string()}) {
    batch.add(line, "plain");
    batch.add("two", "");
    std::vector<std::string> heard;
    batch.for_each([&](std::string_view record) { heard.emplace_back(record); });
    EXPECT_EQ(heard, (std::vector<std::string>{line, "two"}));
    EXPECT_EQ(batch.lines(), line + "\ntwo\n");
    EXPECT_EQ(batch.plain(), "plain");
    batch.clear();
    EXPECT_TRUE(batch.empty());
    EXPECT_EQ(batch.octets(), 0u);
  }
}

TEST_F(JournalThread, ListenersHearEachRecordUntilForgotten) {
  std::vector<std::string> heard;
  std::promise<void> two;
  {
    Journal journal(directory_, 0, {}, clock);
    const unsigned id = journal.on_record([&](std::string_view line) {
      heard.emplace_back(line);
      if (heard.size() == 2) two.set_value();
    });
    write(journal, {"one", "two"});
    ASSERT_EQ(two.get_future().wait_for(std::chrono::seconds(10)), std::future_status::ready);
    journal.forget(id);
    write(journal, {"three"});
  }
  EXPECT_EQ(heard, (std::vector<std::string>{"one", "two"}));
  EXPECT_EQ(file_text(today()), "one\ntwo\nthree\n");
}

TEST_F(JournalThread, AListenerThatFailsKeepsNoRecordFromTheOthers) {
  std::vector<std::string> heard;
  {
    Journal journal(directory_, 0, {.gather = std::chrono::seconds(60)}, clock);
    journal.on_record([](std::string_view) { throw std::runtime_error("no"); });
    journal.on_record([&](std::string_view line) { heard.emplace_back(line); });
    write(journal, {"one", "two"});
  }
  EXPECT_EQ(heard, (std::vector<std::string>{"one", "two"}));
}

// The listener holds the writer, so that the queue fills.
TEST_F(JournalThread, AFullQueueDropsAfterAMomentAndCounts) {
  std::promise<void> busy;
  std::promise<void> go;
  auto gone = go.get_future().share();
  bool first = true;
  {
    Journal journal(directory_, 0, {.lines = 1, .bytes = 1000, .patience = std::chrono::milliseconds(1)},
                    clock);
    journal.on_record([&](std::string_view) {
      if (std::exchange(first, false)) busy.set_value();
      gone.wait();
    });
    write(journal, {"written"});
    ASSERT_EQ(busy.get_future().wait_for(std::chrono::seconds(10)), std::future_status::ready);
    write(journal, {"queued"});
    write(journal, {"dropped", "dropped too"});
    EXPECT_EQ(journal.counts().dropped, 2u);
    go.set_value();
  }
  EXPECT_EQ(file_text(today()), "written\nqueued\n");
}

TEST_F(JournalThread, ARecordWaitsForRoom) {
  std::promise<void> busy;
  std::promise<void> go;
  auto gone = go.get_future().share();
  bool first = true;
  {
    Journal journal(directory_, 0, {.lines = 1, .bytes = 1000, .patience = std::chrono::seconds(60)}, clock);
    journal.on_record([&](std::string_view) {
      if (std::exchange(first, false)) busy.set_value();
      gone.wait();
    });
    write(journal, {"written"});
    ASSERT_EQ(busy.get_future().wait_for(std::chrono::seconds(10)), std::future_status::ready);
    write(journal, {"queued"});
    asio::io_context loop;
    journal.post(loop.get_executor(), {"waited", ""});
    loop.poll();  // it waits now, and the loop is free
    go.set_value();
    loop.run();
    EXPECT_EQ(journal.counts().dropped, 0u);
  }
  EXPECT_EQ(file_text(today()), "written\nqueued\nwaited\n");
}

TEST_F(JournalThread, DiskErrorsAreCountedAndPassOver) {
  put(root_.path() / "file", "");
  std::promise<void> heard;
  Journal journal(root_.path() / "file" / "journal", 0, {}, clock);
  journal.on_record([&](std::string_view) { heard.set_value(); });
  write(journal, {"lost"});
  ASSERT_EQ(heard.get_future().wait_for(std::chrono::seconds(10)), std::future_status::ready);
  EXPECT_EQ(journal.counts().failed, 1u);
  EXPECT_EQ(journal.counts().written, 0u);
}

// As on a full disk: the limit of a file's size lets a part of what is written through.
class FullDisk {
 public:
  explicit FullDisk(rlim_t octets) : before_(limit()), handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    const rlimit small{octets, before_.rlim_max};
    EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  }
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  static rlimit limit() {
    rlimit now{};
    ::getrlimit(RLIMIT_FSIZE, &now);
    return now;
  }
  const rlimit before_;
  void (*const handler_)(int);
};

TEST_F(JournalFiles, WholeLinesOfWhatFitsStayAndNoneIsTorn) {
  DayFile file(directory_, 0);
  file.append(kToday, "one\n");
  {
    const FullDisk full(14);
    EXPECT_THROW(file.append(kToday, "two\nthree\nfour\n"), std::system_error);
    EXPECT_EQ(file.taken(), 10u);
    EXPECT_THROW(file.append(kToday, "five\n"), std::system_error);
    EXPECT_EQ(file.taken(), 0u);
  }
  EXPECT_EQ(file_text(today()), "one\ntwo\nthree\n");
  file.append(kToday, "six\n");
  EXPECT_EQ(file_text(today()), "one\ntwo\nthree\nsix\n");
}

TEST_F(JournalThread, WhatIsMissingIsCountedAndToldOnceThereIsRoom) {
  Time now = kToday;
  std::mutex mutex;
  const auto clock_of_test = [&] {
    const std::lock_guard lock(mutex);
    return now;
  };
  {
    Journal journal(directory_, 0, {.gather = std::chrono::milliseconds(50)}, clock_of_test);
    journal.tell_gaps([] { return std::string("0NAP6CQFG101"); });
    {
      const FullDisk full(8);
      write(journal, {"one", "two", "three"});
      while (journal.counts().failed == 0) std::this_thread::yield();
      EXPECT_EQ(journal.counts().written, 2u);
      EXPECT_EQ(journal.counts().failed, 1u);
      EXPECT_EQ(journal.counts().untold, 1u);
    }
    const std::lock_guard lock(mutex);
    now += std::chrono::seconds(1);
  }
  const std::string text = file_text(today());
  EXPECT_TRUE(text.starts_with("one\ntwo\n{\"format\":1,\"kind\":\"gap\",\"id\":\"0NAP6CQFG101\"")) << text;
  EXPECT_NE(text.find("\"lost\":1,\"failed\":1,\"dropped\":0"), text.npos) << text;
}

}  // namespace
}  // namespace gateway::journal
