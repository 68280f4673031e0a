// What people do to held messages: a copy goes out once, what is not taken stays, and each of it is told.
#include "gateway/held/desk.h"

#include <gtest/gtest.h>

#include <boost/asio/thread_pool.hpp>
#include <cerrno>
#include <functional>

#include "gateway/held/retention.h"
#include "tests/support/fault_disk.h"
#include "tests/support/memory_mailstore.h"
#include "tests/support/parcels.h"
#include "tests/support/temporary_directory.h"

namespace gateway::held {
namespace {

using delivery::Delivered;
using delivery::Fate;
using delivery::Keep;
using std::chrono::seconds;

constexpr Time kStart{seconds(1'700'000'000)};
constexpr const char* kId = "0ABCDEFGHJK1";
const Person kAlice{"alice", "control"};

// Something happens while it has the message.
class PeekedMailstore final : public delivery::Mailstore {
 public:
  explicit PeekedMailstore(std::shared_ptr<support::MemoryMailstore> inner) : inner_(std::move(inner)) {}
  std::function<void()> meanwhile;
  asio::awaitable<delivery::DeliveryReport> deliver(const delivery::Parcel& parcel) override {
    delivery::DeliveryReport report = co_await inner_->deliver(parcel);
    if (meanwhile) meanwhile();
    co_return report;
  }
  smtp::Offers offers() const override { return inner_->offers(); }

 private:
  std::shared_ptr<support::MemoryMailstore> inner_;
};

class DeskTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(store_.prepare());
    const delivery::Mailstores mailstores{{"main", peeked_}};
    retrier_ = std::make_unique<delivery::Retrier>(
        loop_, store_, mailstores, [] { return kStart; }, [] { return 0.5; });
    desk_ = desk_of(store_);
  }
  std::unique_ptr<Desk> desk_of(delivery::FileHeldStore& store) {
    return std::make_unique<Desk>(
        loop_, store, *retrier_, delivery::Mailstores{{"main", peeked_}}, "mx1.example.com",
        [] { return kStart; }, [this](const journal::Audit& audit) { told_.push_back(audit); });
  }
  void hold(std::vector<std::string> recipients, Keep keep = Keep::quarantine) {
    delivery::HeldMessage message;
    message.parcel = support::parcel(std::move(recipients));
    message.keep = keep;
    message.reason = "rule";
    message.since = message.next = kStart;
    ASSERT_TRUE(support::await(loop_, store_.hold(std::move(message))));
  }
  Outcome release(std::vector<std::string> to = {}, bool again = false) {
    return support::await(loop_, desk_->release(kId, {std::move(to), again}, kAlice));
  }
  // Nothing that the disk is asked for from now on, in order, is done.
  void fail_from(std::size_t call) {
    disk_.fault = {.at = static_cast<unsigned>(disk_.calls().size() + call), .code = EIO, .later_too = true};
  }
  void crash_once_taken() {
    peeked_->meanwhile = [this] { fail_from(0); };
  }
  // Another process finds what is on the disk.
  void restart() {
    disk_.fault.reset();
    peeked_->meanwhile = nullptr;
    restarted_ = std::make_unique<delivery::FileHeldStore>(directory_.path(), disk_, pool_.get_executor(), 0);
    ASSERT_TRUE(restarted_->prepare());
    desk_ = desk_of(*restarted_);
  }
  delivery::ReleaseMark mark() const {
    return delivery::read_release_mark(store_.directory(Keep::quarantine) / (std::string(kId) + ".held"));
  }
  std::vector<std::string> results() const {
    std::vector<std::string> all;
    for (const journal::Audit& one : told_) all.push_back(one.result);
    return all;
  }
  using Texts = std::vector<std::string>;
  std::vector<std::string> waiting(Keep keep = Keep::quarantine) {
    std::vector<std::string> all;
    for (const delivery::HeldEntry& entry : support::await(loop_, store_.scan(keep)))
      for (const smtp::Recipient& one : entry.message.parcel.recipients) all.push_back(one.address.text());
    return all;
  }

  support::TemporaryDirectory directory_;
  support::FaultDisk disk_;
  asio::io_context loop_;
  asio::thread_pool pool_{1};
  delivery::FileHeldStore store_{directory_.path(), disk_, pool_.get_executor(), 0};
  std::unique_ptr<delivery::FileHeldStore> restarted_;
  std::shared_ptr<support::MemoryMailstore> mailstore_ = std::make_shared<support::MemoryMailstore>();
  std::shared_ptr<PeekedMailstore> peeked_ = std::make_shared<PeekedMailstore>(mailstore_);
  std::unique_ptr<delivery::Retrier> retrier_;
  std::unique_ptr<Desk> desk_;
  std::vector<journal::Audit> told_;
};

TEST_F(DeskTest, ReleasesTheOctetsBelowOurTraceFields) {
  hold({"u@example.com"});
  const Outcome outcome = release();
  ASSERT_EQ(outcome.size(), 1u);
  EXPECT_EQ(outcome[0].result, "done");
  EXPECT_EQ(outcome[0].recipients[0].reply, "250 2.0.0 Ok");
  EXPECT_EQ(outcome[0].left, 0u);
  ASSERT_EQ(mailstore_->taken.size(), 1u);
  EXPECT_EQ(mailstore_->taken[0].header, support::parcel().header);
  EXPECT_TRUE(waiting().empty());
  EXPECT_EQ(results(), (Texts{"begun", "done"}));
  EXPECT_EQ(told_[0].recipients[0].address, "u@example.com");
  EXPECT_EQ(told_[0].recipients[0].fate, "begun");
  EXPECT_EQ(told_[1].who, "alice");
}

TEST_F(DeskTest, WhoGotNoCopyKeepsHis) {
  hold({"a@example.com", "b@example.com", "c@example.com", "d@example.com"});
  mailstore_->fates["b@example.com"] = {Fate::failed_for_now, 451, "4.3.0", "later"};
  mailstore_->fates["c@example.com"] = {Fate::failed_for_good, 550, "5.1.1", "no"};
  mailstore_->fates["d@example.com"] = {Fate::perhaps_delivered, 0, "", "lost"};
  const Outcome outcome = release();
  EXPECT_EQ(outcome[0].result, "partly");
  EXPECT_EQ(outcome[0].left, 3u);
  EXPECT_NE(outcome[0].detail.find("look there"), std::string::npos);
  EXPECT_EQ(waiting(), (std::vector<std::string>{"b@example.com", "c@example.com", "d@example.com"}));
}

TEST_F(DeskTest, ARecipientIsPickedInAnyCaseAndOthersAreNotPutIn) {
  hold({"a@example.com", "b@example.com"});
  EXPECT_EQ(release({"B@EXAMPLE.com"})[0].result, "done");
  EXPECT_EQ(waiting(), std::vector<std::string>{"a@example.com"});
  const Outcome other = release({"x@example.com"});
  EXPECT_EQ(other[0].detail, "x@example.com is not among those it waits for: a@example.com");
  EXPECT_EQ(mailstore_->parcels.size(), 1u);
}

TEST_F(DeskTest, AMailstoreThatDoesNotAnswerLeavesTheFileAlone) {
  hold({"u@example.com"});
  mailstore_->always = support::MemoryMailstore::unreachable();
  const auto file = support::await(loop_, store_.find(Keep::quarantine, kId)).front();
  const std::string before = support::file_text(file);
  const auto written = std::filesystem::last_write_time(file);
  const Outcome outcome = release();
  EXPECT_EQ(outcome[0].result, "failed");
  EXPECT_EQ(outcome[0].recipients[0].reply, "nobody answered");
  EXPECT_EQ(support::file_text(file), before);
  EXPECT_EQ(std::filesystem::last_write_time(file), written);
  EXPECT_EQ(support::files_in(store_.directory(Keep::quarantine)), 1u) << "the mark is gone";
}

TEST_F(DeskTest, AMailstoreThatIsGoneIsNamed) {
  hold({"u@example.com"});
  desk_->use({});
  EXPECT_EQ(release()[0].detail, "there is no mailstore 'main' in the configuration in force");
}

TEST_F(DeskTest, TwoAtOnceDeliverOnce) {
  hold({"u@example.com"});
  std::vector<Outcome> outcomes;
  for (int i = 0; i < 3; ++i)
    asio::co_spawn(loop_, desk_->release(kId, ReleaseTerms{}, kAlice),
                   [&](std::exception_ptr, Outcome outcome) { outcomes.push_back(std::move(outcome)); });
  EXPECT_FALSE(desk_->at_work());
  loop_.restart();
  loop_.run();
  ASSERT_EQ(outcomes.size(), 3u);
  EXPECT_EQ(mailstore_->parcels.size(), 1u);
  EXPECT_EQ(std::ranges::count_if(outcomes, [](const Outcome& one) { return one[0].result == "done"; }), 1);
}

TEST_F(DeskTest, WhatCannotBeRemovedIsNotDeliveredAgain) {
  hold({"u@example.com"});
  crash_once_taken();
  const Outcome first = release();
  EXPECT_EQ(first[0].result, "partly");
  EXPECT_NE(first[0].detail.find("cannot be removed"), std::string::npos);
  EXPECT_EQ(release()[0].result, "partly") << "the disk fails still";
  disk_.fault.reset();
  const Outcome last = release();
  EXPECT_EQ(last[0].result, "done");
  EXPECT_NE(last[0].detail.find("now its file is removed"), std::string::npos);
  EXPECT_EQ(mailstore_->parcels.size(), 1u);
  EXPECT_EQ(support::files_in(store_.directory(Keep::quarantine)), 0u);
}

TEST_F(DeskTest, ThatAReleaseBeginsIsOnTheDiskAndRecordedBeforeTheMailstoreIsAsked) {
  hold({"a@example.com", "b@example.com"});
  delivery::ReleaseMark seen;
  Texts told;
  std::vector<std::string> calls;
  const std::size_t before = disk_.calls().size();
  peeked_->meanwhile = [&] {
    seen = mark();
    told = results();
    calls = disk_.calls();
  };
  EXPECT_EQ(release({"a@example.com"})[0].result, "done");
  EXPECT_EQ(seen.recipients, Texts{"a@example.com"});
  EXPECT_EQ(seen.who, "alice");
  EXPECT_EQ(seen.via, "control");
  EXPECT_EQ(seen.begun, kStart);
  EXPECT_EQ(told, Texts{"begun"});
  calls.erase(calls.begin(), calls.begin() + static_cast<std::ptrdiff_t>(before));
  EXPECT_EQ(calls, (Texts{"open quarantine", "write", "fsync", "rename quarantine", "fsync_dir quarantine"}));
  EXPECT_TRUE(mark().recipients.empty());
}

TEST_F(DeskTest, WhatACrashCutShortGoesOutAgainOnlyWhenSomebodySaysSo) {
  hold({"u@example.com"});
  crash_once_taken();
  release();
  restart();
  told_.clear();
  const Outcome refused = release();
  EXPECT_EQ(refused[0].result, "failed");
  EXPECT_NE(
      refused[0].detail.find("a release was begun 2023-11-14T22:13:20Z by alice and its end is not known: "
                             "the mailstore may have the message for u@example.com"),
      std::string::npos)
      << refused[0].detail;
  EXPECT_NE(refused[0].detail.find("--again"), std::string::npos);
  EXPECT_EQ(results(), Texts{"failed"});
  EXPECT_EQ(mailstore_->parcels.size(), 1u);
  EXPECT_EQ(release({}, true)[0].result, "done");
  EXPECT_EQ(mailstore_->parcels.size(), 2u);
  EXPECT_EQ(support::files_in(store_.directory(Keep::quarantine)), 0u);
}

TEST_F(DeskTest, WhatACrashCutShortCanBeDeleted) {
  hold({"u@example.com"});
  crash_once_taken();
  release();
  restart();
  EXPECT_EQ(support::await(loop_, desk_->remove(kId, kAlice))[0].result, "done");
  EXPECT_EQ(support::files_in(store_.directory(Keep::quarantine)), 0u);
}

TEST_F(DeskTest, OnlyWhomTheUnknownReleaseWasForIsInDoubt) {
  hold({"a@example.com", "b@example.com"});
  crash_once_taken();
  release({"a@example.com"});
  restart();
  EXPECT_EQ(release()[0].result, "failed") << "a may have it";
  EXPECT_EQ(release({"b@example.com"})[0].result, "done");
  EXPECT_EQ(mark().recipients, Texts{"a@example.com"}) << "nothing is known of him yet";
  EXPECT_EQ(release()[0].result, "failed");
  EXPECT_EQ(release({}, true)[0].result, "done");
  EXPECT_EQ(mailstore_->parcels.size(), 3u);
}

TEST_F(DeskTest, WhoPerhapsHasItIsNotSentItAgainUnasked) {
  hold({"a@example.com", "b@example.com", "c@example.com"});
  mailstore_->fates["a@example.com"] = {Fate::perhaps_delivered, 0, "", "lost"};
  mailstore_->fates["b@example.com"] = {Fate::failed_for_now, 451, "4.3.0", "later"};
  release();
  EXPECT_EQ(mark().recipients, Texts{"a@example.com"});
  mailstore_->fates.clear();
  EXPECT_EQ(release()[0].result, "failed");
  EXPECT_EQ(release({"b@example.com"})[0].result, "done");
  EXPECT_EQ(waiting(), Texts{"a@example.com"});
  EXPECT_EQ(release({"a@example.com"}, true)[0].result, "done");
}

TEST_F(DeskTest, AReleaseInPartThatCannotBeWrittenDownGoesOn) {
  hold({"a@example.com", "b@example.com"});
  mailstore_->fates["b@example.com"] = {Fate::failed_for_now, 451, "4.3.0", "later"};
  crash_once_taken();
  const Outcome first = release();
  EXPECT_EQ(first[0].result, "partly");
  EXPECT_NE(first[0].detail.find("cannot be written down"), std::string::npos);
  peeked_->meanwhile = nullptr;
  disk_.fault.reset();
  mailstore_->fates.clear();
  EXPECT_EQ(release()[0].result, "done");
  ASSERT_EQ(mailstore_->parcels.size(), 2u);
  ASSERT_EQ(mailstore_->parcels[1].recipients.size(), 1u);
  EXPECT_EQ(mailstore_->parcels[1].recipients[0].address.text(), "b@example.com");
  EXPECT_EQ(support::files_in(store_.directory(Keep::quarantine)), 0u);
}

TEST_F(DeskTest, WhoGotItIsInDoubtAfterARestartWhereThatCouldNotBeWrittenDown) {
  hold({"a@example.com", "b@example.com"});
  mailstore_->fates["b@example.com"] = {Fate::failed_for_now, 451, "4.3.0", "later"};
  crash_once_taken();
  release();
  restart();
  mailstore_->fates.clear();
  EXPECT_EQ(release({"a@example.com"})[0].result, "failed");
  EXPECT_EQ(mailstore_->parcels.size(), 1u);
}

TEST_F(DeskTest, WhoGotItStaysInDoubtThroughAReleaseToTheOthers) {
  hold({"a@example.com", "b@example.com"});
  mailstore_->fates["b@example.com"] = {Fate::failed_for_now, 451, "4.3.0", "later"};
  const auto fail_next = [this] {  // a file cannot be rewritten, and the mark can
    disk_.fault = {.at = static_cast<unsigned>(disk_.calls().size()), .code = EIO};
  };
  peeked_->meanwhile = fail_next;
  release();
  EXPECT_EQ(mark().recipients, Texts{"a@example.com"});
  Texts marked;
  peeked_->meanwhile = [&] { marked = mark().recipients; };
  fail_next();
  release();
  EXPECT_EQ(marked, (Texts{"a@example.com", "b@example.com"}));
  EXPECT_EQ(mark().recipients, Texts{"a@example.com"});
  ASSERT_EQ(mailstore_->parcels.size(), 2u);
  restart();
  EXPECT_EQ(release({"a@example.com"})[0].result, "failed");
  EXPECT_EQ(mailstore_->parcels.size(), 2u);
}

TEST_F(DeskTest, WithoutTheMarkNothingIsSent) {
  hold({"u@example.com"});
  for (std::size_t call = 0; call < 5; ++call) {
    SCOPED_TRACE(call);
    told_.clear();
    disk_.fault = {.at = static_cast<unsigned>(disk_.calls().size() + call), .code = EIO};
    const Outcome outcome = release();
    EXPECT_EQ(outcome[0].result, "failed");
    EXPECT_NE(outcome[0].detail.find("nothing was sent"), std::string::npos);
    EXPECT_EQ(results(), Texts{"failed"});
  }
  EXPECT_TRUE(mailstore_->parcels.empty());
  disk_.fault.reset();
  EXPECT_EQ(release()[0].result, "done") << "nothing was begun";
}

TEST_F(DeskTest, EachMessageOfATransactionIsReleased) {
  hold({"a@example.com"});
  hold({"b@example.com"});
  const Outcome outcome = release();
  ASSERT_EQ(outcome.size(), 2u);
  EXPECT_EQ(mailstore_->taken.size(), 2u);
  EXPECT_TRUE(waiting().empty());
}

TEST_F(DeskTest, DeletesWithoutAsking) {
  hold({"u@example.com"});
  EXPECT_EQ(support::await(loop_, desk_->remove(kId, kAlice))[0].result, "done");
  EXPECT_TRUE(mailstore_->parcels.empty());
  const Outcome again = support::await(loop_, desk_->remove(kId, kAlice));
  EXPECT_EQ(again[0].detail, "no message with this id is in quarantine");
  EXPECT_EQ(told_.size(), 1u) << "nothing was done the second time";
}

TEST_F(DeskTest, WhatIsNotRemovedIsNotToldAsDeleted) {
  hold({"u@example.com"});
  fail_from(0);
  EXPECT_EQ(support::await(loop_, desk_->remove(kId, kAlice))[0].result, "failed");
  EXPECT_TRUE(told_[0].recipients.empty());
  fail_from(1);  // it is gone, but for a crash
  EXPECT_EQ(support::await(loop_, desk_->remove(kId, kAlice))[0].result, "partly");
  EXPECT_TRUE(waiting().empty());
}

TEST_F(DeskTest, ReadingIsToldBeforeAnythingIsRead) {
  hold({"u@example.com"});
  EXPECT_EQ(support::await(loop_, desk_->read(kId, Keep::quarantine, kAlice)).files.size(), 1u);
  ASSERT_EQ(told_.size(), 1u);
  EXPECT_EQ(told_[0].action, "read");
  EXPECT_TRUE(support::await(loop_, desk_->read("0ABCDEFGHJK2", Keep::quarantine, kAlice)).files.empty());
  EXPECT_EQ(told_.size(), 1u);
}

TEST_F(DeskTest, ARetryIsMadeAtOnceAndAFailureGoesToQuarantine) {
  hold({"a@example.com", "b@example.com"}, Keep::retry);
  mailstore_->fates["b@example.com"] = {Fate::failed_for_good, 550, "5.1.1", "no"};
  const Outcome retried = support::await(loop_, desk_->retry(kId, kAlice));
  EXPECT_EQ(retried[0].result, "partly");
  EXPECT_EQ(retried[0].store, "retry");
  EXPECT_TRUE(waiting(Keep::retry).empty());
  EXPECT_EQ(waiting(), std::vector<std::string>{"b@example.com"});
}

TEST_F(DeskTest, WhatIsGivenUpIsInQuarantineFirst) {
  hold({"a@example.com"}, Keep::retry);
  EXPECT_EQ(support::await(loop_, desk_->fail(kId, kAlice))[0].result, "done");
  EXPECT_TRUE(waiting(Keep::retry).empty());
  EXPECT_EQ(waiting(), std::vector<std::string>{"a@example.com"});
  EXPECT_TRUE(mailstore_->parcels.empty());
}

TEST_F(DeskTest, WhatCannotBeQuarantinedGoesOnWaiting) {
  hold({"a@example.com"}, Keep::retry);
  disk_.share = 0;
  delivery::FileHeldStore full(directory_.path(), disk_, pool_.get_executor(), 0.5);
  delivery::Retrier retrier(
      loop_, full, {{"main", mailstore_}}, [] { return kStart; }, [] { return 0.5; });
  Desk desk(
      loop_, full, retrier, {}, "mx1", [] { return kStart; }, [](const journal::Audit&) {});
  EXPECT_EQ(support::await(loop_, desk.fail(kId, kAlice))[0].result, "failed");
  EXPECT_EQ(waiting(Keep::retry), std::vector<std::string>{"a@example.com"});
  EXPECT_TRUE(waiting().empty());
}

TEST_F(DeskTest, AStopWaitsForTheReleaseUnderWayAndBeginsNoOther) {
  hold({"u@example.com"});
  bool ended = false;
  desk_->stop([&] { ended = true; });
  EXPECT_TRUE(ended);
  EXPECT_EQ(release()[0].detail, "the gateway is stopping");
  EXPECT_EQ(waiting().size(), 1u);
}

class RetentionTest : public DeskTest {
 protected:
  std::size_t pass(KeepTerms terms, Time now) {
    Retention retention(
        loop_, store_, pool_.get_executor(), terms, "mx1", [now] { return now; },
        [this](const journal::Audit& audit) { told_.push_back(audit); });
    return support::await(loop_, retention.pass());
  }
  static Time now() { return std::chrono::floor<seconds>(std::chrono::system_clock::now()); }
};

TEST_F(RetentionTest, WhatIsOldGoes) {
  hold({"u@example.com"});
  EXPECT_EQ(pass({.days = 3}, now() + std::chrono::hours(71)), 0u);
  EXPECT_EQ(pass({.days = 3}, now() + std::chrono::hours(73)), 1u);
  EXPECT_TRUE(waiting().empty());
  ASSERT_EQ(told_.size(), 1u);
  EXPECT_EQ(told_[0].id, kId);
  EXPECT_EQ(told_[0].detail, "quarantine.keep_days");
}

TEST_F(RetentionTest, TheOldestGoUntilTheRestFits) {
  for (int i = 0; i < 4; ++i) hold({std::string(1, static_cast<char>('a' + i)) + "@example.com"});
  const auto files = support::await(loop_, store_.find(Keep::quarantine, kId));
  ASSERT_EQ(files.size(), 4u);
  const std::uint64_t one = std::filesystem::file_size(files[0]);
  for (std::size_t i = 0; i < files.size(); ++i)
    std::filesystem::last_write_time(
        files[i], std::filesystem::file_time_type::clock::now() - std::chrono::minutes(100 - i));
  EXPECT_EQ(pass({.days = 3, .octets = 2 * one}, now()), 2u);
  EXPECT_EQ(waiting(), (std::vector<std::string>{"c@example.com", "d@example.com"}));
}

TEST_F(RetentionTest, WhatSomebodyWorksOnStays) {
  hold({"u@example.com"});
  const auto file = support::await(loop_, store_.find(Keep::quarantine, kId)).front();
  {
    const auto claim = store_.claims().try_take(file);
    ASSERT_TRUE(claim);
    EXPECT_EQ(pass({.days = 1, .octets = 1}, now() + std::chrono::days(9)), 0u);
  }
  EXPECT_EQ(pass({.days = 1, .octets = 1}, now() + std::chrono::days(9)), 1u);
}

TEST_F(RetentionTest, WhatIsGoneIsRecordedAlsoWhereTheDirectoryCannotBeSynced) {
  hold({"u@example.com"});
  fail_from(1);
  EXPECT_EQ(pass({.days = 1}, now() + std::chrono::days(2)), 1u);
  EXPECT_EQ(told_.size(), 1u);
}

TEST_F(RetentionTest, AStopWaitsUntilWhatIsRemovedIsRecorded) {
  for (int i = 0; i < 3; ++i) hold({"u@example.com"});
  const std::size_t before = disk_.calls().size();
  Retention retention(
      loop_, store_, pool_.get_executor(), {.days = 1}, "mx1", [] { return now() + std::chrono::days(2); },
      [this](const journal::Audit& audit) { told_.push_back(audit); });
  retention.run();
  loop_.restart();
  while (disk_.calls().size() == before) loop_.poll();
  bool ended = false;
  retention.stop([&] {
    ended = true;
    EXPECT_EQ(told_.size() + support::files_in(store_.directory(Keep::quarantine)), 3u);
    EXPECT_FALSE(retention.at_work());
  });
  loop_.run();
  EXPECT_TRUE(ended);
  EXPECT_GE(told_.size(), 1u);
}

TEST_F(RetentionTest, ADiskThatFailsLosesNothingAndIsAskedAgain) {
  hold({"u@example.com"});
  disk_.fault = {.at = static_cast<unsigned>(disk_.calls().size()), .code = EIO};
  EXPECT_EQ(pass({.days = 1}, now() + std::chrono::days(2)), 0u);
  EXPECT_EQ(waiting().size(), 1u);
  EXPECT_TRUE(told_.empty());
  EXPECT_EQ(pass({.days = 1}, now() + std::chrono::days(2)), 1u);
}

}  // namespace
}  // namespace gateway::held
