#include "gateway/state/embedded_store.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <thread>

#include "tests/support/fault_disk.h"
#include "tests/support/temporary_directory.h"

namespace gateway::state {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Time kStart{seconds(1'700'000'100)};
constexpr EmbeddedStore::Pace kQuick{milliseconds(1), milliseconds(1)};

struct Embedded : testing::Test {
  support::TemporaryDirectory directory;
  support::FaultDisk disk;
  boost::asio::io_context loop;

  std::unique_ptr<EmbeddedStore> start(EmbeddedStore::Pace pace = {}) {
    return std::make_unique<EmbeddedStore>(
        directory.path(), disk, [] { return kStart; }, MemoryBounds{}, pace);
  }
  static void learn(EmbeddedStore& store, std::string key) {
    store.update({{StateUpdate::Does::touch, "seen", std::move(key), 0, hours(24)}}, kStart);
  }
  std::vector<StateAnswer> ask(EmbeddedStore& store, const std::vector<StateQuestion>& questions) {
    auto answers = store.ask(questions, kStart, loop.get_executor(), {});
    EXPECT_TRUE(answers) << "they are at hand";
    return answers.value_or(std::vector<StateAnswer>());
  }
  bool knows(EmbeddedStore& store, const std::string& key) {
    StateQuestion question;
    question.table = "seen";
    question.key = key;
    return ask(store, {question}).at(0).mark.has_value();
  }
};

TEST_F(Embedded, AnswersABatchInItsOrder) {
  const auto store = start();
  learn(*store, "a");
  std::vector<StateQuestion> questions(3);
  questions[0].table = questions[1].table = "seen";
  questions[0].key = "b";
  questions[1].key = "a";
  questions[2] = {StateQuestion::Asks::rate, "rate", "a", 2, hours(1)};
  const auto answers = ask(*store, questions);
  ASSERT_EQ(answers.size(), 3u);
  EXPECT_FALSE(answers[0].mark);
  EXPECT_EQ(answers[1].mark, (Mark{kStart, kStart, 1}));
  EXPECT_EQ(answers[2].rate, 2);
}

TEST_F(Embedded, ACleanStopWritesWhatChanged) {
  learn(*start(), "a");
  const auto store = start();
  EXPECT_TRUE(knows(*store, "a"));
  EXPECT_FALSE(knows(*store, "b"));
}

// A crash: the file as it is while the first one still runs.
TEST_F(Embedded, ACrashCostsNoMoreThanTheLastMoments) {
  const auto store = start(kQuick);
  learn(*store, "a");
  support::TemporaryDirectory copy;
  for (bool found = false; !found;) {  // the test's time is its bound
    std::error_code error;
    std::filesystem::copy_file(directory.path() / StateFile::kName, copy.path() / StateFile::kName,
                               std::filesystem::copy_options::overwrite_existing, error);
    EmbeddedStore after(copy.path(), disk, [] { return kStart; });
    found = knows(after, "a");
  }
}

TEST_F(Embedded, ADiskThatFailsCostsOnlyWhatARestartForgets) {
  disk.fault = support::FaultDisk::Fault{0, ENOSPC, true};
  {
    const auto store = start(kQuick);
    learn(*store, "a");
    EXPECT_TRUE(knows(*store, "a"));
  }
  disk.fault.reset();
  const auto store = start();
  EXPECT_FALSE(knows(*store, "a"));
}

TEST_F(Embedded, SeveralLoopsAskAndTeachWhileItIsWritten) {
  const auto store = start(kQuick);
  const auto work = [&](int which) {
    boost::asio::io_context own;
    for (int i = 0; i < 5000; ++i) {
      const StateQuestion question{StateQuestion::Asks::rate, "rate", "same", 1, hours(1)};
      EXPECT_TRUE(store->ask(std::span(&question, 1), kStart, own.get_executor(), {}));
      learn(*store, std::to_string(which) + "." + std::to_string(i));
    }
  };
  std::thread one(work, 1);
  std::thread other(work, 2);
  one.join();
  other.join();
  const StateQuestion question{StateQuestion::Asks::rate, "rate", "same", 0, hours(1)};
  EXPECT_EQ(ask(*store, {question}).at(0).rate, 10'000);
  EXPECT_TRUE(knows(*store, "2.4999"));
}

}  // namespace
}  // namespace gateway::state
