// The state's file: what a restart finds again, whatever became of the file and of the disk.
#include "gateway/state/state_file.h"

#include <gtest/gtest.h>

#include <fstream>
#include <memory>

#include "gateway/state/frames.h"
#include "tests/support/fault_disk.h"
#include "tests/support/paths.h"
#include "tests/support/temporary_directory.h"

namespace gateway::state {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using support::FaultDisk;

constexpr Time kStart{seconds(1'700'000'100)};

StateQuestion mark_of(const std::string& key) {
  StateQuestion question;
  question.table = "seen";
  question.key = key;
  return question;
}

// A gateway's life: from a start to a crash.
struct Life {
  explicit Life(const std::filesystem::path& directory, Time start = kStart)
      : now(start), file(directory, disk, memory), loaded(file.load(now)) {}

  void learn(const std::string& key, int times = 1) {
    for (int i = 0; i < times; ++i) memory.learn({StateUpdate::Does::touch, "seen", key, 0, hours(24)}, now);
  }
  std::uint64_t times(const std::string& key) {
    const auto mark = memory.answer(mark_of(key), now).mark;
    return mark ? mark->count : 0;
  }
  double rate(const std::string& key, double add) {
    return memory.answer({StateQuestion::Asks::rate, "rate", key, add, hours(1)}, now).rate;
  }
  bool save() { return file.save(now).has_value(); }

  Time now;
  FaultDisk disk;
  Memory memory{{100'000, 100'000}};
  StateFile file;
  StateFile::Loaded loaded;
};

struct StateFileTest : testing::Test {
  support::TemporaryDirectory directory;
  const std::filesystem::path path = directory.path() / StateFile::kName;

  std::string octets() const { return support::file_text(path); }
  void put(const std::string& text) const { std::ofstream(path, std::ios::binary) << text; }
};

TEST_F(StateFileTest, WhatWasSavedIsFoundAgain) {
  {
    Life life(directory.path());
    EXPECT_FALSE(life.loaded.found);
    life.learn("a", 3);
    EXPECT_EQ(life.rate("r", 5), 5);
    EXPECT_TRUE(life.save());
    life.learn("a");
    life.learn("b");
    EXPECT_EQ(life.rate("r", 2), 7);
    EXPECT_TRUE(life.save());
    life.learn("c");  // a crash, before it was saved
  }
  Life life(directory.path());
  EXPECT_EQ(life.loaded.trouble, "");
  EXPECT_EQ(life.times("a"), 4u);
  EXPECT_EQ(life.times("b"), 1u);
  EXPECT_EQ(life.times("c"), 0u);
  EXPECT_EQ(life.rate("r", 0), 7);
}

TEST_F(StateFileTest, OnlyWhatChangedIsAdded) {
  Life life(directory.path());
  for (int i = 0; i < 10'000; ++i) life.learn(std::to_string(i));
  EXPECT_TRUE(life.save());
  const auto whole = std::filesystem::file_size(path);
  EXPECT_GT(whole, 320'000u);
  life.learn("7");
  EXPECT_TRUE(life.save());
  EXPECT_LT(std::filesystem::file_size(path), whole + 200);
  const auto calls = life.disk.calls().size();
  EXPECT_TRUE(life.save());
  EXPECT_EQ(life.disk.calls().size(), calls) << "nothing changed, nothing is done";
}

TEST_F(StateFileTest, IsWrittenAnewWhenChangesHaveBecomeMoreThanTheRest) {
  Life life(directory.path());
  EXPECT_TRUE(life.save());
  std::uint64_t largest = 0;
  unsigned anew = 0;
  for (int round = 0; round < 60; ++round) {
    for (int i = 0; i < 5000; ++i) life.learn(std::to_string(i));
    EXPECT_TRUE(life.save());
    const std::uint64_t size = std::filesystem::file_size(path);
    anew += size < largest && size < 1'000'000 ? 1 : 0;
    largest = std::max(largest, size);
  }
  EXPECT_GT(anew, 0u);
  EXPECT_LT(largest, 2 * StateFile::kLeastGrowth);
  EXPECT_EQ(Life(directory.path()).times("4999"), 60u);
}

TEST_F(StateFileTest, WhatIsForgottenIsNotWrittenAnewNorRead) {
  {
    Life life(directory.path());
    for (int i = 0; i < 1000; ++i) life.learn(std::to_string(i));
    life.rate("r", 1);
    EXPECT_TRUE(life.save());
  }
  Life life(directory.path(), kStart + hours(25));
  EXPECT_EQ(life.memory.entries(), 1u);
  EXPECT_TRUE(life.save());
  EXPECT_LT(std::filesystem::file_size(path), 100u);
}

TEST_F(StateFileTest, CutOffAnywhereItStartsWithWhatIsWhole) {
  {
    Life life(directory.path());
    life.learn("old");
    EXPECT_TRUE(life.save());
    life.learn("new");
    EXPECT_TRUE(life.save());
  }
  const std::string whole = octets();
  for (std::size_t cut = 0; cut < whole.size(); cut += 5) {
    put(whole.substr(0, cut));
    Life life(directory.path());
    EXPECT_TRUE(life.loaded.found);
    EXPECT_EQ(life.times("new"), 0u) << cut;
    EXPECT_LE(life.times("old"), 1u);
    EXPECT_TRUE(life.save());
    life.learn("more");
    EXPECT_TRUE(life.save());
    EXPECT_EQ(Life(directory.path()).times("more"), 1u) << cut;
  }
}

struct Damage {
  std::string name;
  std::string text, trouble;
};

TEST_F(StateFileTest, OfAFileThatIsNoneItSaysSoAndBeginsAnew) {
  const Damage rows[] = {
      {"empty", "", "its beginning is damaged"},
      {"another file", "[Unit]\nDescription=PST1\n", "its beginning is damaged"},
      {"no header", encode_header({kFileVersion, {}}).substr(1), "its beginning is damaged"},
      {"another version", encode_header({9, {}}), "it is of version 9, and we read 1"},
      {"octets behind it", encode_header({kFileVersion, {}}) + "xyz", "3 octets of it are damaged"},
  };
  for (const Damage& row : rows) {
    SCOPED_TRACE(row.name);
    put(row.text);
    Life life(directory.path());
    EXPECT_EQ(life.loaded.trouble, row.trouble);
    EXPECT_EQ(life.loaded.foreign, row.name == "another version");
    EXPECT_EQ(life.memory.entries(), 0u);
    EXPECT_EQ(support::file_text(directory.path() / "shared.state.damaged"), row.text) << "it is kept";
    EXPECT_TRUE(life.save());
    EXPECT_EQ(Life(directory.path()).loaded.trouble, "");
  }
}

TEST_F(StateFileTest, ADirectoryInItsPlaceIsToldOf) {
  std::filesystem::create_directory(path);
  Life life(directory.path());
  EXPECT_EQ(life.loaded.trouble, "Is a directory");
  EXPECT_TRUE(life.save());
}

// Each call of the disk fails in turn, half done or not: what was saved before is there after a crash at
// once, and all is there after the next time.
TEST_F(StateFileTest, ADiskThatFailsCostsNothingThatWasSaved) {
  for (const bool half_done : {false, true}) {
    for (unsigned at = 0;; ++at) {
      SCOPED_TRACE((half_done ? "half " : "") + std::to_string(at));
      std::filesystem::remove_all(path);
      Life life(directory.path());
      life.learn("first");
      ASSERT_TRUE(life.save());
      life.learn("second");
      const auto before = static_cast<unsigned>(life.disk.calls().size());
      life.disk.fault = FaultDisk::Fault{before + at, ENOSPC, false, half_done};
      const bool appended = life.save();
      const bool over = life.disk.calls().size() <= before + at;
      {
        Life after(directory.path());
        EXPECT_EQ(after.times("first"), 1u);
        if (appended) EXPECT_EQ(after.times("second"), 1u);
      }
      life.learn("third");
      const bool again = life.save() || life.save();
      EXPECT_TRUE(again);
      Life after(directory.path());
      for (const char* key : {"first", "second", "third"}) EXPECT_EQ(after.times(key), 1u) << key;
      if (over) break;
    }
  }
}

TEST_F(StateFileTest, WrittenAnewOnAFailingDiskTheOldOneStays) {
  {
    Life life(directory.path());
    life.learn("first");
    ASSERT_TRUE(life.save());
  }
  for (const bool half_done : {false, true})
    for (unsigned at = 0; at < 7; ++at) {  // unlink, open, write twice, fsync, rename, fsync_dir
      SCOPED_TRACE((half_done ? "half " : "") + std::to_string(at));
      {
        Life life(directory.path());
        life.disk.fault = FaultDisk::Fault{at, EIO, true, half_done};
        EXPECT_FALSE(life.save());
      }
      EXPECT_EQ(Life(directory.path()).times("first"), 1u);
    }
}

TEST_F(StateFileTest, IsSyncedBeforeItTakesItsName) {
  Life life(directory.path());
  life.learn("first");
  ASSERT_TRUE(life.save());
  const auto calls = life.disk.calls();
  const auto place = [&](std::string_view call) {
    return std::ranges::find_if(calls, [&](const std::string& one) { return one.starts_with(call); }) -
           calls.begin();
  };
  EXPECT_LT(place("write"), place("fsync"));
  EXPECT_LT(place("fsync"), place("rename"));
  EXPECT_LT(place("rename"), place("fsync_dir"));
  EXPECT_LT(place("fsync_dir"), static_cast<std::ptrdiff_t>(calls.size()));
}

}  // namespace
}  // namespace gateway::state
