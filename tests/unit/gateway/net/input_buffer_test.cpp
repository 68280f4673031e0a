#include "gateway/net/input_buffer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace {

using gateway::net::BlockPool;
using gateway::net::InputBuffer;

void put(InputBuffer& buffer, std::string_view octets) {
  const auto room = buffer.room();
  ASSERT_GE(room.size(), octets.size());
  std::copy(octets.begin(), octets.end(), room.begin());
  buffer.filled(octets.size());
}

TEST(InputBuffer, holds_a_block_only_between_room_and_park) {
  BlockPool pool(16, 1);
  InputBuffer buffer(pool);
  EXPECT_EQ(pool.lent(), 0u);
  EXPECT_TRUE(buffer.empty());
  put(buffer, "abc");
  EXPECT_EQ(pool.lent(), 1u);
  buffer.consume(3);
  EXPECT_EQ(pool.lent(), 1u);
  buffer.park();
  EXPECT_EQ(pool.lent(), 0u);
  EXPECT_EQ(buffer.room().size(), 16u);
}

TEST(InputBuffer, keeps_what_is_pending_while_parked) {
  BlockPool pool(16, 1);
  InputBuffer buffer(pool);
  put(buffer, "one two");
  buffer.consume(4);
  buffer.park();
  buffer.park();
  EXPECT_EQ(pool.lent(), 0u);
  EXPECT_EQ(buffer.pending(), "two");
  buffer.consume(1);
  put(buffer, " three");
  EXPECT_EQ(buffer.pending(), "wo three");
  EXPECT_EQ(pool.lent(), 1u);
}

TEST(InputBuffer, keeps_its_block_through_short_waits_unless_blocks_are_scarce) {
  BlockPool pool(16, 1);
  InputBuffer buffer(pool);
  put(buffer, "one");
  buffer.park_if_scarce();
  EXPECT_EQ(pool.lent(), 1u);
  InputBuffer other(pool);
  put(other, "two");
  EXPECT_TRUE(pool.scarce());
  buffer.park_if_scarce();
  EXPECT_EQ(pool.lent(), 1u);
  EXPECT_EQ(buffer.pending(), "one");
  other.consume(3);
  other.park_if_scarce();
  EXPECT_EQ(pool.lent(), 0u) << "an empty one costs nothing to give back";
}

TEST(InputBuffer, makes_room_by_moving_to_the_front) {
  BlockPool pool(8, 1);
  InputBuffer buffer(pool);
  put(buffer, "12345678");
  EXPECT_TRUE(buffer.room().empty());
  buffer.consume(6);
  EXPECT_EQ(buffer.room().size(), 6u);
  EXPECT_EQ(buffer.pending(), "78");
}

TEST(InputBuffer, gives_its_block_back_at_its_end) {
  BlockPool pool(8, 1);
  {
    InputBuffer one(pool);
    InputBuffer other(pool);
    put(one, "1");
    put(other, "2");
    EXPECT_EQ(pool.lent(), 2u);
  }
  EXPECT_EQ(pool.lent(), 0u);
}

}  // namespace
