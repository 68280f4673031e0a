#include "gateway/delivery/retrier.h"

#include <gtest/gtest.h>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cerrno>
#include <fstream>

#include "tests/support/fault_disk.h"
#include "tests/support/memory_mailstore.h"
#include "tests/support/parcels.h"
#include "tests/support/temporary_directory.h"

namespace gateway::delivery {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Time kStart{seconds(1'700'000'000)};
const Delivered kLater{Fate::failed_for_now, 451, "4.3.0", "later"};
const Delivered kNever{Fate::failed_for_good, 550, "5.1.1", "no"};

class RetrierTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(store_.prepare());
    restart();
  }
  void restart() {
    retrier_ = std::make_unique<Retrier>(
        loop_, store_, Retrier::Mailstores{{"main", mailstore_}}, [this] { return now_; },
        [] { return 0.5; });
  }
  void hold(std::vector<std::string> recipients = {"u@example.com"}, std::string mailstore = "main") {
    HeldMessage message;
    message.parcel = support::parcel(std::move(recipients));
    message.parcel.mailstore = std::move(mailstore);
    message.since = kStart;
    message.next = kStart + minutes(1);
    ASSERT_TRUE(support::await(loop_, store_.hold(std::move(message))));
    loop_.restart();
    loop_.poll();  // the news reaches the retrier
  }
  std::size_t pass() { return support::await(loop_, retrier_->pass()); }
  std::size_t pass_at(Time now) {
    now_ = now;
    return pass();
  }
  std::vector<HeldEntry> kept(Keep keep) { return support::await(loop_, store_.scan(keep)); }

  support::TemporaryDirectory directory_;
  support::FaultDisk disk_;
  asio::io_context loop_;
  asio::thread_pool pool_{1};
  FileHeldStore store_{directory_.path(), disk_, pool_.get_executor(), 0};
  std::shared_ptr<support::MemoryMailstore> mailstore_ = std::make_shared<support::MemoryMailstore>();
  Time now_ = kStart;
  std::unique_ptr<Retrier> retrier_;
};

TEST_F(RetrierTest, TriesWhenItIsDueAndNotBefore) {
  hold();
  EXPECT_EQ(retrier_->waiting(), 1u);
  EXPECT_EQ(pass_at(kStart + seconds(59)), 0u);
  EXPECT_EQ(pass_at(kStart + seconds(60)), 1u);
  ASSERT_EQ(mailstore_->parcels.size(), 1u);
  EXPECT_EQ(mailstore_->parcels[0].header, support::parcel().header);
  EXPECT_EQ(retrier_->waiting(), 0u);
  EXPECT_EQ(kept(Keep::retry).size(), 0u);
  EXPECT_EQ(kept(Keep::quarantine).size(), 0u);
}

TEST_F(RetrierTest, ARestartFindsWhatWasHeld) {
  hold();
  restart();
  EXPECT_EQ(retrier_->waiting(), 0u);
  EXPECT_EQ(support::await(loop_, retrier_->scan()), 1u);
  EXPECT_EQ(pass_at(kStart + minutes(1)), 1u);
  EXPECT_EQ(kept(Keep::retry).size(), 0u);
}

// A symbolic link, which is not followed, stands for a disk that fails: no word about what the file holds.
TEST_F(RetrierTest, WhatCannotBeReadForNowIsTriedAgainAndWhatIsDamagedIsNot) {
  hold();
  const Path file = kept(Keep::retry).at(0).path;
  const Path aside = directory_.path() / "aside";
  std::filesystem::rename(file, aside);
  std::filesystem::create_symlink(aside, file);
  EXPECT_EQ(pass_at(kStart + minutes(1)), 1u);
  EXPECT_EQ(retrier_->waiting(), 1u);
  std::filesystem::rename(aside, file);
  EXPECT_EQ(pass_at(kStart + hours(2)), 1u);
  EXPECT_EQ(mailstore_->taken.size(), 1u);
  hold();
  std::filesystem::resize_file(file, 20);
  EXPECT_EQ(pass_at(kStart + hours(4)), 1u);
  EXPECT_EQ(retrier_->waiting(), 0u);
  EXPECT_TRUE(std::filesystem::exists(file)) << "for people to look at";
}

TEST_F(RetrierTest, AFileThatTheFirstScanCannotReadIsTriedAllTheSame) {
  hold();
  const Path file = kept(Keep::retry).at(0).path;
  const std::string whole = support::file_text(file);
  std::filesystem::resize_file(file, 20);
  restart();
  EXPECT_EQ(support::await(loop_, retrier_->scan()), 1u);
  std::ofstream(file, std::ios::binary | std::ios::trunc) << whole;
  EXPECT_EQ(pass_at(kStart + minutes(2)), 1u);
  EXPECT_EQ(mailstore_->taken.size(), 1u);
}

TEST_F(RetrierTest, WaitsTwiceAsLongEachTimeAndWritesItDown) {
  mailstore_->fates["u@example.com"] = kLater;
  hold();
  pass_at(kStart + minutes(1));
  HeldMessage record = kept(Keep::retry).at(0).message;
  EXPECT_EQ(record.attempts, 1u);
  EXPECT_EQ(record.next, kStart + minutes(3));
  EXPECT_EQ(pass_at(kStart + minutes(3)), 1u);
  record = kept(Keep::retry).at(0).message;
  EXPECT_EQ(record.attempts, 2u);
  EXPECT_EQ(record.next, kStart + minutes(7));
  EXPECT_EQ(record.since, kStart);
}

TEST_F(RetrierTest, OnlyThoseStillWaitingAreTriedAgain) {
  mailstore_->fates["v@example.com"] = kLater;
  mailstore_->fates["w@example.com"] = kNever;
  hold({"u@example.com", "v@example.com", "w@example.com"});
  pass_at(kStart + minutes(1));
  ASSERT_EQ(kept(Keep::retry).size(), 1u);
  EXPECT_EQ(kept(Keep::retry)[0].message.parcel.recipients.size(), 1u);
  EXPECT_EQ(kept(Keep::retry)[0].message.parcel.recipients[0].address.text(), "v@example.com");
  ASSERT_EQ(kept(Keep::quarantine).size(), 1u);
  EXPECT_EQ(kept(Keep::quarantine)[0].message.parcel.recipients.at(0).address.text(), "w@example.com");
  EXPECT_EQ(kept(Keep::quarantine)[0].message.reason, "undeliverable");
  mailstore_->fates.clear();
  pass_at(kStart + minutes(10));
  ASSERT_EQ(mailstore_->parcels.size(), 2u);
  EXPECT_EQ(mailstore_->parcels[1].recipients.size(), 1u);
  EXPECT_EQ(kept(Keep::retry).size(), 0u);
}

TEST_F(RetrierTest, GivesUpAfterFiveDaysWithALastAttempt) {
  mailstore_->fates["u@example.com"] = kLater;
  hold();
  std::size_t attempts = 0;
  while (retrier_->waiting() > 0 && attempts < 1000) {
    now_ += minutes(1);
    attempts += pass();
  }
  EXPECT_EQ(now_, kStart + hours(5 * 24));
  EXPECT_GT(attempts, 120u);
  EXPECT_LT(attempts, 130u);
  EXPECT_EQ(kept(Keep::retry).size(), 0u);
  ASSERT_EQ(kept(Keep::quarantine).size(), 1u);
  EXPECT_EQ(kept(Keep::quarantine)[0].message.reason, "undeliverable");
}

TEST_F(RetrierTest, WhatCannotBeQuarantinedStays) {
  mailstore_->fates["u@example.com"] = kNever;
  hold();
  disk_.fault = {static_cast<unsigned>(disk_.calls().size()), ENOSPC, true, false};
  pass_at(kStart + minutes(1));
  EXPECT_EQ(retrier_->waiting(), 1u);
  EXPECT_EQ(kept(Keep::retry).size(), 1u);
  EXPECT_EQ(kept(Keep::quarantine).size(), 0u);
  disk_.fault.reset();
  pass_at(kStart + minutes(10));
  EXPECT_EQ(kept(Keep::retry).size(), 0u);
  EXPECT_EQ(kept(Keep::quarantine).size(), 1u);
}

TEST_F(RetrierTest, OthersDoNotWaitForAMailstoreThatIsSilent) {
  hold();
  hold();
  hold();
  mailstore_->reports.push_back(support::MemoryMailstore::unreachable());
  EXPECT_EQ(pass_at(kStart + minutes(1)), 3u);
  EXPECT_EQ(mailstore_->parcels.size(), 1u);
  EXPECT_EQ(kept(Keep::retry).size(), 3u);
  EXPECT_EQ(pass_at(kStart + minutes(10)), 3u);
  EXPECT_EQ(kept(Keep::retry).size(), 0u);
}

TEST_F(RetrierTest, AMailstoreNoLongerConfiguredLosesNothing) {
  hold({"u@example.com"}, "former");
  pass_at(kStart + minutes(1));
  EXPECT_EQ(kept(Keep::retry).size(), 1u);
  EXPECT_EQ(retrier_->waiting(), 1u);
}

TEST_F(RetrierTest, PerhapsDeliveredIsTriedAgain) {
  mailstore_->fates["u@example.com"] = {Fate::perhaps_delivered, 0, "", "lost"};
  hold();
  pass_at(kStart + minutes(1));
  EXPECT_EQ(kept(Keep::retry).size(), 1u);
}

TEST_F(RetrierTest, AFileThatVanishedIsForgotten) {
  hold();
  std::filesystem::remove(kept(Keep::retry).at(0).path);
  pass_at(kStart + minutes(1));
  EXPECT_EQ(retrier_->waiting(), 0u);
}

TEST_F(RetrierTest, AFullDiskGivesNobodyASecondCopy) {
  mailstore_->fates["b@example.com"] = kLater;
  hold({"a@example.com", "b@example.com"});
  disk_.fault = {static_cast<unsigned>(disk_.calls().size()), ENOSPC, true, false};
  pass_at(kStart + minutes(1));
  EXPECT_EQ(kept(Keep::retry).at(0).message.parcel.recipients.size(), 2u) << "the file could not be written";
  EXPECT_EQ(pass_at(kStart + minutes(2)), 0u) << "the pause is the second one";
  EXPECT_EQ(pass_at(kStart + minutes(3)), 1u);
  EXPECT_EQ(pass_at(kStart + minutes(6)), 0u) << "and grows";
  disk_.fault.reset();
  EXPECT_EQ(pass_at(kStart + minutes(7)), 1u);
  ASSERT_EQ(mailstore_->parcels.size(), 3u);
  EXPECT_EQ(mailstore_->parcels[0].recipients.size(), 2u);
  for (const std::size_t later : {1u, 2u}) {
    ASSERT_EQ(mailstore_->parcels[later].recipients.size(), 1u);
    EXPECT_EQ(mailstore_->parcels[later].recipients[0].address.text(), "b@example.com");
  }
  const HeldMessage record = kept(Keep::retry).at(0).message;
  EXPECT_EQ(record.parcel.recipients.size(), 1u);
  EXPECT_EQ(record.attempts, 3u);
}

TEST_F(RetrierTest, AFileThatCannotBeRemovedIsOnlyRemovedLater) {
  hold();
  const Path file = kept(Keep::retry).at(0).path;
  disk_.fault = {static_cast<unsigned>(disk_.calls().size()), EIO, true, false};
  const auto first = support::await(loop_, retrier_->attempt_now(file));
  ASSERT_TRUE(first);
  EXPECT_FALSE(first->trouble.empty());
  const auto second = support::await(loop_, retrier_->attempt_now(file));
  ASSERT_TRUE(second);
  EXPECT_TRUE(second->settled_only);
  EXPECT_FALSE(second->trouble.empty());
  EXPECT_EQ(retrier_->waiting(), 1u);
  disk_.fault.reset();
  EXPECT_EQ(pass_at(kStart + hours(1)), 1u);
  EXPECT_EQ(mailstore_->parcels.size(), 1u);
  EXPECT_EQ(kept(Keep::retry).size(), 0u);
  EXPECT_EQ(retrier_->waiting(), 0u);
}

TEST_F(RetrierTest, WhatIsInQuarantineButCannotBeRemovedIsNotTriedAgain) {
  hold();
  const Path file = kept(Keep::retry).at(0).path;
  const std::size_t before = disk_.calls().size();
  hold();  // as many calls as the quarantine needs
  const std::size_t of_one = disk_.calls().size() - before;
  disk_.fault = {static_cast<unsigned>(disk_.calls().size() + of_one), EIO, true, false};
  const auto given_up = support::await(loop_, retrier_->give_up_now(file));
  ASSERT_TRUE(given_up);
  EXPECT_FALSE(given_up->trouble.empty());
  EXPECT_EQ(kept(Keep::quarantine).size(), 1u);
  disk_.fault.reset();
  EXPECT_EQ(pass_at(kStart + hours(2)), 2u);
  EXPECT_EQ(mailstore_->parcels.size(), 1u) << "the other message alone";
  EXPECT_EQ(kept(Keep::retry).size(), 0u);
  EXPECT_EQ(kept(Keep::quarantine).size(), 1u);
}

// Does something while it delivers.
class BusyMailstore final : public Mailstore {
 public:
  asio::awaitable<DeliveryReport> deliver(const Parcel& parcel) override {
    ++asked;
    co_await meanwhile();
    DeliveryReport report;
    report.recipients.assign(parcel.recipients.size(), {Fate::taken, 250, "2.0.0", "Ok"});
    co_return report;
  }
  std::function<asio::awaitable<void>()> meanwhile;
  unsigned asked = 0;
};

TEST_F(RetrierTest, WhatGoesWhileOthersAreTriedIsNoAttempt) {
  hold();
  hold();
  const Path second = kept(Keep::retry).at(1).path;
  const auto busy = std::make_shared<BusyMailstore>();
  retrier_->use({{"main", busy}});
  int code = 0;
  busy->meanwhile = [&]() -> asio::awaitable<void> {
    std::filesystem::remove(second);
    const auto gone = co_await retrier_->attempt_now(second);
    code = gone ? 0 : gone.error().system_code();
  };
  EXPECT_EQ(pass_at(kStart + minutes(1)), 1u);
  EXPECT_EQ(code, ENOENT);
  EXPECT_EQ(busy->asked, 1u);
  EXPECT_EQ(retrier_->waiting(), 0u);
}

TEST_F(RetrierTest, RunsByItselfFromTheScanUntilItIsStopped) {
  hold();
  restart();
  now_ = kStart + minutes(1);
  retrier_->run();
  loop_.restart();
  while ((mailstore_->parcels.empty() || retrier_->waiting() > 0) && loop_.run_one() > 0) {
  }
  retrier_->stop();
  loop_.run();  // ends: nothing is left to wait for
  EXPECT_EQ(mailstore_->parcels.size(), 1u);
}

// Takes a message when the test says so.
class SlowMailstore final : public Mailstore {
 public:
  explicit SlowMailstore(asio::io_context& loop) : answer(loop, asio::steady_timer::time_point::max()) {}
  asio::awaitable<DeliveryReport> deliver(const Parcel& parcel) override {
    ++asked;
    boost::system::error_code ignored;
    co_await answer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    DeliveryReport report;
    report.recipients.assign(parcel.recipients.size(), {Fate::taken, 250, "2.0.0", "Ok"});
    co_return report;
  }
  asio::steady_timer answer;
  unsigned asked = 0;
};

TEST_F(RetrierTest, OthersMailstoresAreForTheNextAttempt) {
  const auto slow = std::make_shared<SlowMailstore>(loop_);
  retrier_->use({{"main", slow}});
  hold();
  now_ = kStart + minutes(1);
  retrier_->run();
  loop_.restart();
  while (slow->asked == 0 && loop_.run_one() > 0) {
  }
  retrier_->use({{"main", mailstore_}});  // the message on its way is nobody else's
  loop_.poll();
  EXPECT_TRUE(retrier_->at_work());
  EXPECT_EQ(mailstore_->parcels.size(), 0u);
  slow->answer.cancel();
  while (retrier_->waiting() > 0 && loop_.run_one() > 0) {
  }
  hold();
  now_ = kStart + minutes(5);
  while (mailstore_->parcels.empty() && loop_.run_one() > 0) {
  }
  EXPECT_EQ(slow->asked, 1u);
  EXPECT_EQ(mailstore_->parcels.size(), 1u);
}

TEST_F(RetrierTest, ItsEndIsToldBehindTheAttemptUnderWay) {
  const auto slow = std::make_shared<SlowMailstore>(loop_);
  retrier_->use({{"main", slow}});
  hold();
  now_ = kStart + minutes(1);
  retrier_->run();
  loop_.restart();
  while (slow->asked == 0 && loop_.run_one() > 0) {
  }
  bool ended = false;
  retrier_->stop([&] { ended = true; });
  loop_.poll();
  EXPECT_FALSE(ended);
  slow->answer.cancel();
  loop_.run();
  EXPECT_TRUE(ended);
  EXPECT_FALSE(retrier_->at_work());
  EXPECT_EQ(kept(Keep::retry).size(), 0u);
}

TEST_F(RetrierTest, ItsEndIsToldAtOnceWhenItNeverRan) {
  bool ended = false;
  retrier_->stop([&] { ended = true; });
  EXPECT_TRUE(ended);
}

}  // namespace
}  // namespace gateway::delivery
