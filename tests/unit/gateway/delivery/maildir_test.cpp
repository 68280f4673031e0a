#include "gateway/delivery/maildir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/thread_pool.hpp>
#include <cerrno>

#include "tests/support/fault_disk.h"
#include "tests/support/parcels.h"
#include "tests/support/temporary_directory.h"

namespace gateway::delivery {
namespace {

using testing::ElementsAre;

class MaildirTest : public testing::Test {
 protected:
  DeliveryReport deliver(const Parcel& parcel) {
    Maildir mailstore(path_, "mx.example.com", disk_, pool_.get_executor(), [] { return Time{}; });
    return support::await(loop_, mailstore.deliver(parcel));
  }
  std::string only_message() const {
    for (const auto& entry : std::filesystem::directory_iterator(path_ / "new"))
      return support::file_text(entry.path());
    return {};
  }
  std::size_t unfinished() const { return support::files_in(path_ / "tmp"); }
  std::size_t delivered() const { return support::files_in(path_ / "new"); }

  support::TemporaryDirectory directory_;
  Path path_ = directory_.path() / "Maildir";
  support::FaultDisk disk_;
  asio::io_context loop_;
  asio::thread_pool pool_{1};
};

TEST_F(MaildirTest, OneCopyServesAllRecipientsWithItsReversePathAndLfLines) {
  const DeliveryReport report = deliver(support::parcel({"u@example.com", "v@example.com"}));
  ASSERT_EQ(report.recipients.size(), 2u);
  EXPECT_EQ(report.recipients[0].fate, Fate::taken);
  EXPECT_EQ(report.recipients[1].fate, Fate::taken);
  EXPECT_EQ(delivered(), 1u);
  EXPECT_EQ(unfinished(), 0u);
  EXPECT_EQ(only_message(), "Return-Path: <s@a.example>\nReceived: by mx\nSubject: one\n\nHello\n.dot\n");
}

TEST_F(MaildirTest, SyncsTheFileBeforeItsNameAndTheDirectoryAfter) {
  deliver(support::parcel());
  EXPECT_THAT(disk_.calls(), ElementsAre("mkdir Maildir", "mkdir tmp", "mkdir new", "mkdir cur",
                                         "fsync_dir Maildir", "fsync_dir ..", "open tmp", "write", "write",
                                         "write", "fsync", "rename new", "fsync_dir new"));
}

TEST_F(MaildirTest, ALargeBodyInShortWritesComesThroughWhole) {
  disk_.most_at_once = 1000;
  std::string body;
  for (int i = 0; i < 20'000; ++i) body += "line " + std::to_string(i) + "\r\n";
  deliver(support::parcel({"u@example.com"}, body));
  std::erase(body, '\r');
  EXPECT_EQ(only_message(), "Return-Path: <s@a.example>\nReceived: by mx\nSubject: one\n\n" + body);
}

// Its lone LFs would be line ends there.
TEST_F(MaildirTest, ABinaryMessageIsNotWritten) {
  Parcel parcel = support::parcel();
  parcel.binary = true;
  const DeliveryReport report = deliver(parcel);
  EXPECT_EQ(report.recipients.at(0).fate, Fate::failed_for_now);
  EXPECT_EQ(report.recipients.at(0).enhanced, "4.6.3");
  EXPECT_FALSE(report.unreachable);
  EXPECT_TRUE(disk_.calls().empty());
}

TEST_F(MaildirTest, TheSameMessageTwiceIsTwoFiles) {
  Maildir mailstore(path_, "mx/../:2,S", disk_, pool_.get_executor(), [] { return Time{}; });
  const Parcel parcel = support::parcel();
  support::await(loop_, mailstore.deliver(parcel));
  support::await(loop_, mailstore.deliver(parcel));
  EXPECT_EQ(delivered(), 2u);
}

TEST_F(MaildirTest, OctetsThatCannotBeReadBackAreNotDelivered) {
  struct Broken final : Octets {
    std::uint64_t size() const override { return 100; }
    std::string_view read(std::uint64_t, std::span<char>) const override { throw std::runtime_error("gone"); }
  };
  Parcel parcel = support::parcel();
  parcel.octets = std::make_shared<Broken>();
  const DeliveryReport report = deliver(parcel);
  EXPECT_TRUE(report.unreachable);
  EXPECT_EQ(report.recipients.at(0).fate, Fate::failed_for_now);
  EXPECT_EQ(delivered() + unfinished(), 0u);
}

// Every call fails in turn, in several ways; "taken" is never said, and nothing said undelivered stays.
TEST_F(MaildirTest, NoFailureIsCalledTaken) {
  deliver(support::parcel());
  const std::size_t calls = disk_.calls().size();
  for (std::size_t at = 0; at < calls; ++at)
    for (const int code : {ENOSPC, EIO})
      for (const bool crash : {false, true})
        for (const bool half_done : {false, true}) {
          SCOPED_TRACE(disk_.calls()[at] + (crash ? ", crash" : "") + (half_done ? ", half done" : ""));
          std::filesystem::remove_all(path_);
          support::FaultDisk disk;
          disk.fault = {static_cast<unsigned>(at), code, crash, half_done};
          Maildir mailstore(path_, "mx", disk, pool_.get_executor(), [] { return Time{}; });
          const Parcel parcel = support::parcel();
          const DeliveryReport report = support::await(loop_, mailstore.deliver(parcel));
          ASSERT_EQ(report.recipients.size(), 1u);
          EXPECT_NE(report.recipients[0].fate, Fate::taken);
          EXPECT_FALSE(report.detail.empty());
          if (report.unreachable) {
            EXPECT_EQ(delivered(), 0u);
            if (!crash && !half_done) EXPECT_EQ(unfinished(), 0u);
          } else {
            EXPECT_EQ(report.recipients[0].fate, Fate::perhaps_delivered);
          }
        }
}

}  // namespace
}  // namespace gateway::delivery
