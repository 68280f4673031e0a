// Whole messages kept for review: by rule or by chance, for the gateway's eyes only, and never in mail's way.
#include "gateway/capture/capture.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <thread>

#include "gateway/journal/id.h"
#include "tests/support/temporary_directory.h"

namespace gateway::capture {
namespace {

class CaptureTest : public testing::Test {
 protected:
  settings::CaptureSettings settings() const {
    settings::CaptureSettings settings;
    settings.directory = root_.path() / "capture";
    return settings;
  }
  static std::shared_ptr<const Octets> message(std::string text) {
    return std::make_shared<MemoryOctets>(std::move(text));
  }
  std::filesystem::path file(const std::string& id) const { return root_.path() / "capture" / (id + ".eml"); }

  const support::TemporaryDirectory root_;
};

TEST_F(CaptureTest, KeepsTheOctetsForTheGatewaysUserAlone) {
  {
    Capture capture(settings());
    capture.offer("A", message("Subject: x\r\n\r\n.\r\n"));
  }
  EXPECT_EQ(support::file_text(file("A")), "Subject: x\r\n\r\n.\r\n");
  struct stat status {};
  ASSERT_EQ(::stat(file("A").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  ASSERT_EQ(::stat(file("A").parent_path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700u);
}

TEST_F(CaptureTest, NothingIsWantedUnlessAsked) {
  Capture capture(settings());
  EXPECT_FALSE(capture.wants("4F7K2M9QX0TB", {"spoof", "@default"}));
}

TEST_F(CaptureTest, ARuleWantsWhatItDecided) {
  settings::CaptureSettings with = settings();
  with.rules = {"spoof"};
  Capture capture(with);
  EXPECT_TRUE(capture.wants("4F7K2M9QX0TB", {"other", "spoof"}));
  EXPECT_FALSE(capture.wants("4F7K2M9QX0TB", {"other", "spoofed"}));
  with.rules = {};
  capture.use(with);
  EXPECT_FALSE(capture.wants("4F7K2M9QX0TB", {"spoof"}));
}

TEST_F(CaptureTest, ASampleIsOfItsSize) {
  settings::CaptureSettings with = settings();
  with.sample = 0.25;
  Capture capture(with);
  journal::IdMaker ids(1);
  int wanted = 0;
  for (int i = 0; i < 4000; ++i) wanted += capture.wants(ids.next(), {}) ? 1 : 0;
  EXPECT_GT(wanted, 800);
  EXPECT_LT(wanted, 1200);
  with.sample = 1;
  capture.use(with);
  EXPECT_TRUE(capture.wants("0", {}));
}

TEST_F(CaptureTest, ADiskThatFailsIsCountedAndLeavesNothingBehind) {
  std::ofstream(root_.path() / "capture") << "a file in its place";
  Capture capture(settings());
  capture.offer("A", message("x"));
  while (capture.counts().failed == 0) std::this_thread::yield();
  EXPECT_EQ(capture.counts().kept, 0u);
}

TEST_F(CaptureTest, ARushIsLeftOut) {
  std::uint64_t offered = Capture::kMostPerMinute + 100;
  Capture capture(settings());
  for (std::uint64_t i = 0; i < offered; ++i) {
    capture.offer("A" + std::to_string(i), message("x"));
    for (auto now = capture.counts(); now.kept + now.left_out + now.failed <= i; now = capture.counts())
      std::this_thread::yield();
  }
  EXPECT_EQ(capture.counts().kept, Capture::kMostPerMinute);
  EXPECT_EQ(capture.counts().left_out, 100u);
}

TEST_F(CaptureTest, TheOldestGo) {
  settings::CaptureSettings with = settings();
  with.max_size = 10;
  std::filesystem::create_directories(with.directory);
  for (const char* id : {"A", "B", "C"}) {
    std::ofstream(file(id)) << "12345";
    const auto age = std::chrono::minutes(id[0] == 'A' ? 60 : id[0] == 'B' ? 50 : 40);
    std::filesystem::last_write_time(file(id), std::filesystem::file_time_type::clock::now() - age);
  }
  {
    Capture capture(with);
    capture.offer("D", message("12345"));
  }
  EXPECT_FALSE(std::filesystem::exists(file("A")));
  EXPECT_FALSE(std::filesystem::exists(file("B")));
  EXPECT_TRUE(std::filesystem::exists(file("C")));
  EXPECT_TRUE(std::filesystem::exists(file("D")));
}

TEST_F(CaptureTest, APersonIsErasedByIdAndByText) {
  {
    Capture capture(settings());
    for (const char* text : {"one", "two joe@a.example", "three"})
      capture.offer(std::string(1, text[1]), message(text));
  }
  const auto has_id = [](std::string_view id) { return id == "n"; };
  const auto has_text = [](std::string_view text) { return text.find("joe@") != text.npos; };
  EXPECT_EQ(erase(settings().directory, has_id, has_text), 2u);
  EXPECT_TRUE(std::filesystem::exists(file("h")));
  EXPECT_EQ(erase(root_.path() / "nowhere", has_id, has_text), 0u);
}

}  // namespace
}  // namespace gateway::capture
