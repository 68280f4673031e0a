#include "gateway/smtp/received_message.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <span>

namespace gateway::smtp {
namespace {

constexpr std::uint64_t kBudget = 10'000;
constexpr std::uint64_t kInMemory = 100;

class AMessage : public testing::Test {
 protected:
  void come(std::uint64_t octets) {
    message_.tail().append(octets, 'x');
    octets_ += octets;
    if (message_.grown()) run(message_.spill());
  }
  // Whether all of it is in memory in the end.
  bool finishes_in_memory() {
    std::shared_ptr<const Octets> whole;
    const auto finish = [&]() -> asio::awaitable<void> { whole = co_await message_.finish(0); };
    run(finish());
    EXPECT_TRUE(whole);
    if (!whole) return false;
    EXPECT_EQ(whole->size(), octets_);
    std::string room(octets_, '\0');
    EXPECT_EQ(whole->read(0, room), std::string(octets_, 'x'));
    return !whole->in_memory().empty();
  }
  void run(asio::awaitable<void> work) {
    asio::co_spawn(loop_, std::move(work), asio::detached);
    loop_.restart();
    loop_.run();
  }

  asio::io_context loop_;
  std::shared_ptr<MemoryBudget> memory_ = std::make_shared<MemoryBudget>(kBudget);
  std::uint64_t octets_ = 0;
  ReceivedMessage message_{std::make_shared<Spool>(Spool{testing::TempDir(), loop_.get_executor(), memory_}),
                           kInMemory};
};

TEST_F(AMessage, stays_in_memory_while_it_is_small) {
  MemoryLease others(memory_);
  ASSERT_TRUE(others.resize(kBudget - kInMemory));
  come(kInMemory);
  EXPECT_TRUE(finishes_in_memory());
}

TEST_F(AMessage, stays_in_memory_while_there_is_plenty) {
  for (std::uint64_t i = 0; i < ReceivedMessage::kWhilePlenty; ++i) come(kInMemory);
  EXPECT_EQ(memory_->taken(), octets_);
  EXPECT_TRUE(finishes_in_memory());
}

TEST_F(AMessage, goes_to_a_file_when_it_is_too_large_for_any) {
  for (std::uint64_t i = 0; i < ReceivedMessage::kWhilePlenty; ++i) come(kInMemory);
  come(1);
  EXPECT_EQ(memory_->taken(), 0u);
  EXPECT_FALSE(finishes_in_memory());
}

TEST_F(AMessage, goes_to_a_file_when_memory_gets_short_meanwhile) {
  come(kInMemory + 1);
  EXPECT_EQ(memory_->taken(), kInMemory + 1);
  MemoryLease others(memory_);
  ASSERT_TRUE(others.resize(kBudget / 2));
  come(1);
  EXPECT_EQ(memory_->taken(), kBudget / 2);
  EXPECT_FALSE(finishes_in_memory());
}

// A client that only says how much would come takes no more memory than a small message does.
TEST_F(AMessage, gets_its_room_when_much_of_it_has_come) {
  constexpr std::uint64_t kSize = ReceivedMessage::kWhilePlenty * kInMemory;
  message_.expect(kSize);
  EXPECT_LT(message_.tail().capacity(), kSize);
  come(kInMemory);
  const char* place = message_.tail().data();
  EXPECT_GE(message_.tail().capacity(), kSize);
  EXPECT_EQ(memory_->taken(), message_.tail().capacity()) << "it may have been used before";
  while (octets_ < kSize) come(kInMemory);
  EXPECT_EQ(message_.tail().data(), place);
  EXPECT_TRUE(finishes_in_memory());
}

TEST_F(AMessage, gets_no_more_room_than_memory_is_to_hold) {
  message_.expect(kBudget * kBudget);
  come(kInMemory);
  EXPECT_LE(message_.tail().capacity(), ReceivedMessage::kWhilePlenty * kInMemory);
}

// The header section is kept by others beside the message, and counts as long as the message is there.
TEST_F(AMessage, counts_as_long_as_it_is_there) {
  for (const bool in_file : {false, true}) {
    std::shared_ptr<const Octets> whole;
    {
      ReceivedMessage message(
          std::make_shared<Spool>(Spool{testing::TempDir(), loop_.get_executor(), memory_}), kInMemory);
      const auto work = [&]() -> asio::awaitable<void> {
        message.tail().append(kInMemory, 'x');
        if (in_file) co_await message.spill();
        whole = co_await message.finish(7);
      };
      run(work());
      ASSERT_TRUE(whole);
    }
    EXPECT_EQ(memory_->taken(), in_file ? 7 : kInMemory + 7);
    EXPECT_EQ(whole->size(), kInMemory);
    whole.reset();
    loop_.restart();
    loop_.run();  // the file is closed
    EXPECT_EQ(memory_->taken(), 0u);
  }
}

}  // namespace
}  // namespace gateway::smtp
