#include "gateway/journal/text_room.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

namespace gateway::journal {
namespace {

void append(TextRoom& room, std::string_view text) {
  room.ensure(text.size());
  room.put(text);
}

TEST(TextRoom, grows_and_keeps_what_is_there) {
  TextRoom room;
  EXPECT_EQ(room.view(), "");
  std::string wanted;
  for (int i = 0; i < 20'000; ++i) {
    const std::string word = std::to_string(i);
    append(room, word);
    wanted += word;
  }
  EXPECT_EQ(room.view(), wanted);
  room.cut(5);
  EXPECT_EQ(room.view(), wanted.substr(0, 5));
  room.ensure(32);
  room.put_number(2.5);
  room.put_if(false, ',');
  room.put_if(true, ';');
  EXPECT_EQ(room.view(), wanted.substr(0, 5) + "2.5;");
}

TEST(TextRoom, decimals_are_rounded_and_bounded) {
  const auto text = [](double value, unsigned decimals) {
    TextRoom room;
    room.ensure(32);
    room.put_decimal(value, decimals);
    return std::string(room.view());
  };
  EXPECT_EQ(text(0, 2), "0.00");
  EXPECT_EQ(text(0.005, 2), "0.01");
  EXPECT_EQ(text(9.999, 2), "10.00");
  EXPECT_EQ(text(1.0203, 6), "1.020300");
  EXPECT_EQ(text(0.000001, 6), "0.000001");
  EXPECT_EQ(text(-3, 6), "0.000000");
  EXPECT_EQ(text(std::nan(""), 2), "0.00");
  EXPECT_EQ(text(1e300, 6), "1000000000000.000000");
}

TEST(TextRoom, each_of_several_at_once_has_its_own) {
  for (int round = 0; round < 3; ++round) {
    TextRoom one;
    append(one, "one");
    TextRoom two;
    append(two, "two");
    TextRoom three;
    append(three, "three");
    EXPECT_EQ(one.view(), "one");
    EXPECT_EQ(two.view(), "two");
    EXPECT_EQ(three.view(), "three");
  }
}

TEST(TextRoom, serves_the_next) {
  const auto place_after = [](std::size_t octets) {
    TextRoom room;
    append(room, std::string(octets, 'a'));
    return room.view().data();
  };
  place_after(1);
  const char* const usual = place_after(1);
  EXPECT_EQ(place_after(1), usual);
  TextRoom other;  // what was spare is in use now
  append(other, "b");
  EXPECT_EQ(other.view().data(), usual);
}

TEST(TextRoom, is_not_kept_when_it_has_grown_beyond_reason) {
  TextRoom one;  // with another what this thread has to spare
  TextRoom two;
  const auto leaves_a_spare = [](std::size_t octets) {
    {
      TextRoom room;
      append(room, std::string(octets, 'a'));
    }
    return TextRoom().view().data() != nullptr;
  };
  EXPECT_FALSE(leaves_a_spare(100'000));
  EXPECT_TRUE(leaves_a_spare(100));
}

TEST(TextRoom, what_is_odd_is_not_put) {
  TextRoom room;
  room.ensure(64);
  const auto quote = [](policy::OctetBlock block) { return policy::equal_to(block, '"'); };
  EXPECT_TRUE(room.put_none_odd("plain", quote));
  EXPECT_FALSE(room.put_none_odd("a\"b", quote));
  EXPECT_EQ(room.view(), "plain");
}

}  // namespace
}  // namespace gateway::journal
