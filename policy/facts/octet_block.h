#pragma once
// Looking at text sixteen octets at a time.  What comes from outside is looked at for octets that must not
// stand as they are; nearly all of it holds none, so the question is whether there is any, not where.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace policy::inline facts {

using OctetBlock = unsigned char __attribute__((vector_size(16)));

constexpr OctetBlock in_all(unsigned char octet) { return OctetBlock{} + octet; }

// Each of these has all bits of an octet set where the block's is so, else none.  They can be joined by `|`.
inline OctetBlock above_ascii(OctetBlock block) { return OctetBlock(block >= in_all(0x80)); }
inline OctetBlock below(OctetBlock block, unsigned char least) { return OctetBlock(block < in_all(least)); }
inline OctetBlock equal_to(OctetBlock block, unsigned char octet) {
  return OctetBlock(block == in_all(octet));
}

inline OctetBlock load_block(const char* from) {
  OctetBlock block;
  std::memcpy(&block, from, sizeof block);
  return block;
}

// Fewer octets than a block: some stand twice in it, or none but 'x' behind them.
inline OctetBlock load_short(std::string_view text) {
  OctetBlock block = in_all('x');
  auto* const to = reinterpret_cast<char*>(&block);
  const auto twice = [&]<std::size_t N>() {
    std::memcpy(to, text.data(), N);
    std::memcpy(to + N, text.data() + text.size() - N, N);
  };
  if (text.size() >= 8)
    twice.template operator()<8>();
  else if (text.size() >= 4)
    twice.template operator()<4>();
  else if (text.size() >= 2)
    twice.template operator()<2>();
  else if (text.size() == 1)
    *to = text.front();
  return block;
}

inline bool has_any(OctetBlock found) {
  std::uint64_t halves[2];
  static_assert(sizeof halves == sizeof found);
  std::memcpy(halves, &found, sizeof halves);
  return (halves[0] | halves[1]) != 0;
}

// Whether `odd`, made of the above, finds nothing in the text.  'x' must not be odd.
template <class Odd>
bool none_odd(std::string_view text, Odd odd) {
  constexpr std::size_t kBlock = sizeof(OctetBlock);
  if (text.size() < kBlock) return !has_any(odd(load_short(text)));
  const char* const last = text.data() + text.size() - kBlock;
  OctetBlock found = odd(load_block(last));  // some of them once more
  for (const char* at = text.data(); at < last; at += kBlock) found |= odd(load_block(at));
  return !has_any(found);
}

}  // namespace policy::inline facts
