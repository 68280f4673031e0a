#include "gateway/net/turns.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <string>

namespace gateway::net {
namespace {

class TurnsTest : public testing::Test {
 protected:
  Turns& turns() { return Turns::of(loop_.get_executor()); }
  void use_up() {
    while (!turns().over()) turns().moved(64 << 10);
  }
  void wait(char name) {
    const auto go = [](Turns& turns, std::string& done, char as) -> asio::awaitable<void> {
      co_await turns.wait();
      done += as;
    };
    asio::co_spawn(loop_, go(turns(), done_, name), asio::detached);
  }

  std::string done_;
  asio::io_context loop_;
};

TEST_F(TurnsTest, are_over_when_the_allowance_is_used_up_by_all_together) {
  EXPECT_FALSE(turns().over());
  turns().moved(200 << 10);
  EXPECT_FALSE(turns().over());
  turns().moved(56 << 10);
  EXPECT_TRUE(turns().over());
}

// Else who moves an octet at a time, in TLS records of its own, would hold the loop for very long.
TEST_F(TurnsTest, are_over_after_many_small_steps) {
  int steps = 0;
  for (; !turns().over(); ++steps) turns().moved(1);
  EXPECT_GT(steps, 100);
  EXPECT_LT(steps, 1000);
}

TEST_F(TurnsTest, begin_anew_for_who_has_waited) {
  use_up();
  wait('a');
  EXPECT_TRUE(turns().over());
  loop_.run();
  EXPECT_EQ(done_, "a");
  EXPECT_FALSE(turns().over());
}

TEST_F(TurnsTest, one_goes_on_and_then_others_of_the_loop_and_then_the_next) {
  use_up();
  wait('a');
  wait('b');
  wait('c');
  loop_.run_one();  // each of the three begins to wait
  loop_.run_one();
  loop_.run_one();
  const auto note = [this](auto self) -> void {
    done_ += '.';
    if (done_.size() < 6) asio::post(loop_, [self] { self(self); });
  };
  asio::post(loop_, [note] { note(note); });
  loop_.run();
  EXPECT_EQ(done_, "a.b.c.");
}

TEST_F(TurnsTest, who_has_waited_longest_goes_on_first) {
  for (const char each : {'a', 'b'}) {
    const auto go_twice = [](Turns& turns, std::string& done, char as) -> asio::awaitable<void> {
      for (int turn = 0; turn < 3; ++turn) {
        co_await turns.wait();
        done += as;
      }
    };
    asio::co_spawn(loop_, go_twice(turns(), done_, each), asio::detached);
  }
  loop_.run();
  EXPECT_EQ(done_, "ababab");
}

TEST_F(TurnsTest, who_still_waits_at_the_end_of_the_loop_goes_with_it) {
  const auto guard = std::make_shared<int>(0);
  {
    asio::io_context loop;
    const auto go = [](Turns& turns, std::shared_ptr<int> held) -> asio::awaitable<void> {
      co_await turns.wait();
      ++*held;
    };
    asio::co_spawn(loop, go(Turns::of(loop.get_executor()), guard), asio::detached);
    asio::co_spawn(loop, go(Turns::of(loop.get_executor()), guard), asio::detached);
    loop.run_one();
    loop.run_one();
    EXPECT_GT(guard.use_count(), 1);
  }
  EXPECT_EQ(*guard, 0);
  EXPECT_EQ(guard.use_count(), 1);
}

}  // namespace
}  // namespace gateway::net
