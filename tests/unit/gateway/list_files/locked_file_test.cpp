// Changing a file that others read and change at the same time, on disks that fail.
#include "gateway/list_files/locked_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <thread>

#include "tests/support/fault_disk.h"
#include "tests/support/temporary_directory.h"

namespace gateway::list_files {
namespace {

namespace fs = std::filesystem;

class LockedFiles : public testing::Test {
 protected:
  void SetUp() override { std::ofstream(file_) << "old\n"; }
  std::string text() const { return support::file_text(file_); }

  support::TemporaryDirectory folder_;
  fs::path file_ = folder_.path() / "list.txt";
  support::FaultDisk disk_;
};

TEST_F(LockedFiles, KeepModeAndLeaveNothingBeside) {
  fs::permissions(file_, fs::perms(0640));
  {
    const auto locked = LockedFile::open(file_, disk_);
    ASSERT_TRUE(locked) << locked.error().text();
    EXPECT_EQ((*locked)->text(), "old\n");
    EXPECT_TRUE((*locked)->replace("new\n"));
  }
  EXPECT_EQ(text(), "new\n");
  EXPECT_EQ(fs::status(file_).permissions(), fs::perms(0640));
  EXPECT_EQ(support::files_in(folder_.path()), 1u);
  const auto calls = disk_.calls();
  const auto at = [&](std::string_view call) {
    return std::ranges::find_if(calls, [&](const std::string& one) { return one.starts_with(call); }) -
           calls.begin();
  };
  EXPECT_LT(at("fsync"), at("rename"));
  EXPECT_LT(at("rename"), at("fsync_dir"));
}

TEST_F(LockedFiles, FollowLinks) {
  const fs::path link = folder_.path() / "link.txt";
  fs::create_symlink("list.txt", link);
  const auto locked = LockedFile::open(link, disk_);
  ASSERT_TRUE(locked);
  EXPECT_TRUE((*locked)->replace("new\n"));
  EXPECT_TRUE(fs::is_symlink(link));
  EXPECT_EQ(text(), "new\n");
}

TEST_F(LockedFiles, FollowLinksToWhatIsNotThereYet) {
  const fs::path link = folder_.path() / "link.txt";
  const fs::path second = folder_.path() / "second.txt";
  fs::create_symlink("second.txt", link);
  fs::create_symlink(folder_.path() / "new.txt", second);
  const auto locked = LockedFile::open(link, disk_);
  ASSERT_TRUE(locked) << locked.error().text();
  EXPECT_TRUE((*locked)->is_new());
  EXPECT_TRUE((*locked)->replace("new\n"));
  EXPECT_TRUE(fs::is_symlink(link) && fs::is_symlink(second));
  EXPECT_EQ(support::file_text(folder_.path() / "new.txt"), "new\n");
}

TEST_F(LockedFiles, RefuseLinksInACircle) {
  const fs::path link = folder_.path() / "link.txt";
  fs::create_symlink("link.txt", link);
  EXPECT_FALSE(LockedFile::open(link, disk_));
}

TEST_F(LockedFiles, MakeAFileThatIsNotThere) {
  fs::remove(file_);
  const auto locked = LockedFile::open(file_, disk_);
  ASSERT_TRUE(locked);
  EXPECT_TRUE((*locked)->is_new());
  EXPECT_FALSE(fs::exists(file_)) << "not before there is something in it";
  EXPECT_TRUE((*locked)->replace("new\n"));
  EXPECT_EQ(text(), "new\n");
  EXPECT_EQ(fs::status(file_).permissions(), fs::perms(0644));
}

TEST_F(LockedFiles, WhatOneWhoWasKilledLeftBesideIsNoHindrance) {
  std::ofstream(folder_.path() / ".list.txt.new") << "half";
  const auto locked = LockedFile::open(file_, disk_);
  ASSERT_TRUE(locked);
  EXPECT_TRUE((*locked)->replace("new\n"));
  EXPECT_EQ(text(), "new\n");
  EXPECT_EQ(support::files_in(folder_.path()), 1u);
}

TEST_F(LockedFiles, ReadNoDirectory) {
  const auto locked = LockedFile::open(folder_.path(), disk_);
  ASSERT_FALSE(locked);
  EXPECT_TRUE(locked.error().text().ends_with("it is a directory")) << locked.error().text();
}

// Whatever fails, there is the old text or the new one, and an error when it may be the old one.
TEST_F(LockedFiles, HoldTheOldTextOrTheNewOne) {
  for (const bool half : {false, true})
    for (unsigned at = 0;; ++at) {
      std::ofstream(file_) << "old\n";
      support::FaultDisk disk;
      disk.fault = {.at = at, .code = ENOSPC, .half_done = half};
      const auto locked = LockedFile::open(file_, disk);
      ASSERT_TRUE(locked);
      const Result<void> done = (*locked)->replace("new, and longer\n");
      const bool faultless = disk.calls().size() <= at;
      if (done) {
        EXPECT_EQ(text(), "new, and longer\n") << at;
      } else {
        EXPECT_TRUE(text() == "old\n" || text() == "new, and longer\n") << at << ": " << text();
      }
      if (faultless) {
        EXPECT_TRUE(done);
        EXPECT_GE(at, 5u) << "every call failed once";
        break;
      }
    }
}

TEST_F(LockedFiles, LoseNothingOfManyWriters) {
  constexpr int kWriters = 4;
  constexpr int kEach = 25;
  std::vector<std::thread> writers;
  for (int writer = 0; writer < kWriters; ++writer)
    writers.emplace_back([&, writer] {
      delivery::RealDisk disk;
      for (int i = 0; i < kEach; ++i) {
        const auto locked = LockedFile::open(file_, disk);
        if (!locked) return;
        static_cast<void>((*locked)->replace((*locked)->text() + std::to_string(writer) + "\n"));
      }
    });
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(std::ranges::count(text(), '\n'), 1 + kWriters * kEach);
}

}  // namespace
}  // namespace gateway::list_files
