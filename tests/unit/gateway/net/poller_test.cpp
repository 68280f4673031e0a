// Readiness of real descriptors: what the kernel says once must not be missed, and nobody may be woken who is
// gone.
#include "gateway/net/poller.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "gateway/net/descriptor.h"

namespace {

namespace asio = boost::asio;
using gateway::net::Descriptor;
using gateway::net::Poller;
using For = Poller::For;

struct Pair {
  Pair() {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0)
      throw std::runtime_error("socketpair");
    near = Descriptor(ends[0]);
    far = Descriptor(ends[1]);
  }
  void say(std::string_view octets) const {
    EXPECT_EQ(::send(far.get(), octets.data(), octets.size(), 0), static_cast<ssize_t>(octets.size()));
  }
  // What there is to read: empty at the end of the stream, nullopt when nothing has come.
  std::optional<std::string> hear() const {
    char room[64];
    const ssize_t got = ::recv(near.get(), room, sizeof room, 0);
    if (got < 0) return std::nullopt;
    return std::string(room, static_cast<std::size_t>(got));
  }
  Descriptor near;
  Descriptor far;
};

class PollerTest : public testing::Test {
 protected:
  Poller& poller() { return Poller::of(loop_.get_executor()); }

  // Starts a wait; its end is noted.
  void wait(Poller::Member& member, For purpose, std::string name) {
    asio::co_spawn(
        loop_,
        [](Poller::Member& whose, For what, std::string as,
           std::vector<std::string>& heard) -> asio::awaitable<void> {
          const bool ready = co_await whose.wait(what);
          heard.push_back(as + (ready ? " ready" : " cancelled"));
        }(member, purpose, std::move(name), heard_),
        asio::detached);
  }
  // Runs what can run without waiting.
  void turn() {
    loop_.restart();
    loop_.poll();
  }

  asio::io_context loop_;
  std::vector<std::string> heard_;
};

using Heard = std::vector<std::string>;

TEST_F(PollerTest, wakes_who_waits_when_something_comes) {
  const Pair pair;
  Poller::Member member(poller(), pair.near.get());
  wait(member, For::reading, "a");
  turn();
  EXPECT_EQ(heard_, Heard());
  pair.say("x");
  turn();
  EXPECT_EQ(heard_, Heard({"a ready"}));
}

TEST_F(PollerTest, what_came_before_the_wait_is_news_until_somebody_looks) {
  const Pair pair;
  pair.say("x");
  Poller::Member member(poller(), pair.near.get());
  wait(member, For::reading, "before");
  turn();
  EXPECT_EQ(heard_, Heard({"before ready"}));
  member.look(For::reading);
  EXPECT_EQ(pair.hear(), "x");
  wait(member, For::reading, "after");
  turn();
  EXPECT_EQ(heard_.size(), 1u) << "nothing has come since";
  pair.say("y");
  turn();
  EXPECT_EQ(heard_, Heard({"before ready", "after ready"}));
}

// The trap of edges: the end comes together with the last octets, and nothing tells of it again.
TEST_F(PollerTest, the_end_behind_a_short_read_is_not_missed) {
  Pair pair;
  Poller::Member member(poller(), pair.near.get());
  wait(member, For::reading, "octets");
  turn();
  pair.say("x");
  pair.far = Descriptor();
  turn();
  ASSERT_EQ(heard_, Heard({"octets ready"}));
  member.look(For::reading);
  EXPECT_EQ(pair.hear(), "x");
  wait(member, For::reading, "end");
  turn();
  EXPECT_EQ(heard_, Heard({"octets ready", "end ready"}));
  EXPECT_EQ(pair.hear(), "");
}

TEST_F(PollerTest, a_client_that_only_listens_on_does_not_make_a_full_socket_writable) {
  const Pair pair;
  Poller::Member member(poller(), pair.near.get());
  const std::string much(1 << 16, 'x');
  while (::send(pair.near.get(), much.data(), much.size(), 0) > 0) continue;
  ::shutdown(pair.far.get(), SHUT_WR);
  wait(member, For::writing, "room");
  turn();
  EXPECT_EQ(heard_, Heard());
  std::string room(1 << 22, ' ');
  while (::recv(pair.far.get(), room.data(), room.size(), 0) > 0) continue;
  turn();
  EXPECT_EQ(heard_, Heard({"room ready"}));
}

TEST_F(PollerTest, both_purposes_are_waited_for_at_once) {
  const Pair pair;
  Poller::Member member(poller(), pair.near.get());
  wait(member, For::reading, "reading");
  wait(member, For::writing, "writing");
  turn();
  EXPECT_EQ(heard_, Heard({"writing ready"}));
  pair.say("x");
  turn();
  EXPECT_EQ(heard_, Heard({"writing ready", "reading ready"}));
}

// Who cancels is in the middle of something: the other goes on later.
TEST_F(PollerTest, cancel_ends_a_wait_with_the_next_turn_of_the_loop) {
  const Pair pair;
  Poller::Member member(poller(), pair.near.get());
  wait(member, For::reading, "a");
  turn();
  member.cancel();
  EXPECT_EQ(heard_, Heard());
  turn();
  EXPECT_EQ(heard_, Heard({"a cancelled"}));
  pair.say("x");
  wait(member, For::reading, "b");
  turn();
  EXPECT_EQ(heard_, Heard({"a cancelled", "b ready"})) << "the member can be used again";
}

TEST_F(PollerTest, a_loop_ends_when_nobody_waits) {
  const Pair pair;
  Poller::Member member(poller(), pair.near.get());
  loop_.run();
  wait(member, For::reading, "a");
  asio::post(loop_, [&] { pair.say("x"); });
  loop_.restart();
  loop_.run();
  EXPECT_EQ(heard_, Heard({"a ready"}));
  wait(member, For::reading, "b");
  member.look(For::reading);
  asio::post(loop_, [&] { member.cancel(); });
  loop_.restart();
  loop_.run();
  EXPECT_EQ(heard_, Heard({"a ready", "b cancelled"}));
}

// One that is woken ends the others, for whom the kernel has told news in the same call.
TEST_F(PollerTest, a_member_that_goes_while_others_are_told_is_not_told) {
  constexpr int kAll = 8;
  std::vector<Pair> pairs(kAll);
  std::vector<std::unique_ptr<Poller::Member>> members;
  for (const Pair& pair : pairs)
    members.push_back(std::make_unique<Poller::Member>(poller(), pair.near.get()));
  int woken = 0;
  for (const auto& member : members)
    asio::co_spawn(
        loop_,
        [](Poller::Member& mine, std::vector<std::unique_ptr<Poller::Member>>& all,
           int& count) -> asio::awaitable<void> {
          const bool ready = co_await mine.wait(For::reading);
          EXPECT_TRUE(ready);
          ++count;
          all.clear();
        }(*member, members, woken),
        asio::detached);
  turn();
  for (const Pair& pair : pairs) pair.say("x");
  turn();
  EXPECT_EQ(woken, 1);
}

TEST_F(PollerTest, more_than_one_call_tells_are_told_all) {
  constexpr int kAll = 300;
  std::vector<Pair> pairs(kAll);
  std::vector<std::unique_ptr<Poller::Member>> members;
  for (const Pair& pair : pairs) {
    members.push_back(std::make_unique<Poller::Member>(poller(), pair.near.get()));
    wait(*members.back(), For::reading, "one");
  }
  turn();
  for (const Pair& pair : pairs) pair.say("x");
  turn();
  EXPECT_EQ(heard_, Heard(kAll, "one ready"));
}

// Asio throws it out of the loop, which is run again.
TEST_F(PollerTest, an_exception_of_one_keeps_nothing_from_the_others) {
  const Pair first;
  const Pair second;
  Poller::Member one(poller(), first.near.get());
  Poller::Member two(poller(), second.near.get());
  asio::co_spawn(
      loop_, [](Poller::Member& mine) -> asio::awaitable<void> { co_await mine.wait(For::reading); }(one),
      [](const std::exception_ptr&) { throw std::runtime_error("a handler failed"); });
  wait(two, For::reading, "b");
  turn();
  first.say("x");
  second.say("x");
  EXPECT_THROW(turn(), std::runtime_error);
  turn();
  EXPECT_EQ(heard_, Heard({"b ready"}));
}

// As when the process ends with sessions open: what waits is destroyed, and what it owns.
TEST(Poller, ends_with_its_loop_and_destroys_what_waits) {
  const Pair pair;
  const auto token = std::make_shared<int>(1);
  {
    asio::io_context loop;
    asio::co_spawn(
        loop,
        [](asio::any_io_executor executor, int descriptor, std::shared_ptr<int>) -> asio::awaitable<void> {
          Poller::Member member(Poller::of(executor), descriptor);
          co_await member.wait(For::reading);
        }(loop.get_executor(), pair.near.get(), token),
        asio::detached);
    loop.poll();
    EXPECT_EQ(token.use_count(), 2);
  }
  EXPECT_EQ(token.use_count(), 1);
}

TEST(Poller, a_descriptor_that_cannot_be_waited_for_is_an_error_at_once) {
  asio::io_context loop;
  EXPECT_THROW(Poller::Member(Poller::of(loop.get_executor()), -1), std::system_error);
}

}  // namespace
