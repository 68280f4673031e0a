#include "policy/facts/octet_block.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace policy {
namespace {

// Each is said of an octet as the block functions say it of sixteen.
struct Kind {
  const char* name;
  OctetBlock (*of)(OctetBlock);
  bool (*one)(unsigned char);
};
constexpr Kind kKinds[] = {
    {"above_ascii", [](OctetBlock block) { return above_ascii(block); },
     [](unsigned char octet) { return octet >= 0x80; }},
    {"below", [](OctetBlock block) { return below(block, 0x21); },
     [](unsigned char octet) { return octet < 0x21; }},
    {"equal_to", [](OctetBlock block) { return equal_to(block, '"'); },
     [](unsigned char octet) { return octet == '"'; }},
    {"below_or_above_ascii", [](OctetBlock block) { return below_or_above_ascii(block, 0x20); },
     [](unsigned char octet) { return octet < 0x20 || octet >= 0x80; }},
    {"within", [](OctetBlock block) { return within(block, '{', '}'); },
     [](unsigned char octet) { return octet >= '{' && octet <= '}'; }},
};

TEST(OctetBlock, finds_every_octet_at_every_place) {
  for (const Kind& kind : kKinds)
    for (std::size_t size = 0; size <= 50; ++size)
      for (std::size_t at = 0; at < std::max<std::size_t>(size, 1); ++at)
        for (unsigned octet = 0; octet < 256; ++octet) {
          std::string text(size, 'a');
          if (size > 0) text[at] = static_cast<char>(octet);
          const bool odd = size > 0 && kind.one(static_cast<unsigned char>(octet));
          const std::string alone(text);
          std::string copy(size + 2, '#');
          ASSERT_EQ(none_odd(alone, kind.of), !odd)
              << kind.name << " " << octet << " at " << at << " of " << size;
          ASSERT_EQ(copy_none_odd(alone, copy.data() + 1, kind.of), !odd) << kind.name;
          ASSERT_EQ(copy, "#" + alone + "#");
          ASSERT_EQ(find_odd(alone, kind.of), odd ? at : size) << kind.name << " " << octet << " of " << size;
        }
}

TEST(OctetBlock, of_two_the_first_is_found) {
  const auto quote = [](OctetBlock block) { return equal_to(block, '"'); };
  for (std::size_t size = 2; size <= 50; ++size)
    for (std::size_t first = 0; first < size; ++first)
      for (std::size_t second = first + 1; second < size; ++second) {
        std::string text(size, 'a');
        text[first] = text[second] = '"';
        ASSERT_EQ(find_odd(text, quote), first) << second << " of " << size;
        ASSERT_FALSE(none_odd(text, quote));
      }
}

}  // namespace
}  // namespace policy
