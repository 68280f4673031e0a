#pragma once
// Looking at text eight octets at a time.  What comes from outside is looked at for octets that must not
// stand as they are; nearly all of it holds none, so the question is whether there is any, not where.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace policy::inline facts {

using OctetBlock = std::uint64_t;  // eight octets, in whatever order

constexpr OctetBlock in_all(unsigned char octet) { return 0x0101010101010101u * octet; }

// Each of these has the high bit of some octet set exactly when at least one octet of the block is so.  Which
// one, they do not tell: a borrow may set the bit of a neighbour, too.  They can be joined by `|`.
constexpr OctetBlock above_ascii(OctetBlock block) { return block; }
constexpr OctetBlock below(OctetBlock block, unsigned char least) {  // least: up to 0x80
  return (block - in_all(least)) & ~block;
}
constexpr OctetBlock equal_to(OctetBlock block, unsigned char octet) {
  return below(block ^ in_all(octet), 1);
}

// Whether `odd`, made of the above, finds nothing in the text.  'x' must not be odd: short text is filled up
// with it.
template <class Odd>
bool none_odd(std::string_view text, Odd odd) {
  OctetBlock found = 0;
  OctetBlock block = in_all('x');
  const char* const end = text.data() + text.size();
  if (text.size() < sizeof block) {
    if (!text.empty()) std::memcpy(&block, text.data(), text.size());
    found = odd(block);
  } else {
    for (const char* at = text.data(); end - at >= static_cast<std::ptrdiff_t>(sizeof block);
         at += sizeof block) {
      std::memcpy(&block, at, sizeof block);
      found |= odd(block);
    }
    std::memcpy(&block, end - sizeof block, sizeof block);  // some of them once more
    found |= odd(block);
  }
  return (found & in_all(0x80)) == 0;
}

}  // namespace policy::inline facts
