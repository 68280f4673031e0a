#pragma once
// Looking at text sixteen octets at a time.  What comes from outside is looked at for octets that must not
// stand as they are; nearly all of it holds none, so the question is whether there is any, and seldom where.

#include <bit>
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
// Both at once; `least` is ASCII.
inline OctetBlock below_or_above_ascii(OctetBlock block, char least) {
  using Signed = signed char __attribute__((vector_size(16)));
  return OctetBlock(Signed(block) < Signed{} + static_cast<signed char>(least));
}
inline OctetBlock within(OctetBlock block, unsigned char least, unsigned char most) {
  return OctetBlock(block - in_all(least) <= in_all(static_cast<unsigned char>(most - least)));
}

inline OctetBlock load_block(const char* from) {
  OctetBlock block;
  std::memcpy(&block, from, sizeof block);
  return block;
}

inline void store_block(char* to, OctetBlock block) { std::memcpy(to, &block, sizeof block); }

// Fewer octets than a block: the first piece_of() of them stand first in it, as many of the last behind
// those, some of them twice, and nothing but 'x' behind.  The ladders below are of the same pieces.
constexpr std::size_t piece_of(std::size_t few) { return std::bit_floor(few); }
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
inline void store_short(char* to, std::size_t size, OctetBlock loaded) {
  const auto* const from = reinterpret_cast<const char*>(&loaded);
  const auto twice = [&]<std::size_t N>() {
    std::memcpy(to, from, N);
    std::memcpy(to + size - N, from + N, N);
  };
  if (size >= 8)
    twice.template operator()<8>();
  else if (size >= 4)
    twice.template operator()<4>();
  else if (size >= 2)
    twice.template operator()<2>();
  else if (size == 1)
    *to = *from;
}

inline bool has_any(OctetBlock found) {
  std::uint64_t halves[2];
  static_assert(sizeof halves == sizeof found);
  std::memcpy(halves, &found, sizeof halves);
  return (halves[0] | halves[1]) != 0;
}

// The place of the first that was found; the size of a block when there is none.
inline std::size_t first_of(OctetBlock found) {
  std::uint64_t halves[2];
  std::memcpy(halves, &found, sizeof halves);
  const auto zeros = [](std::uint64_t half) {
    const int bits =
        std::endian::native == std::endian::little ? std::countr_zero(half) : std::countl_zero(half);
    return static_cast<std::size_t>(bits) / 8;
  };
  return halves[0] != 0 ? zeros(halves[0]) : sizeof halves[0] + zeros(halves[1]);
}

// In the three below 'x' must not be odd.

// Whether `odd`, made of the above, finds nothing in the text.
template <class Odd>
bool none_odd(std::string_view text, Odd odd) {
  constexpr std::size_t kBlock = sizeof(OctetBlock);
  if (text.size() < kBlock) return !has_any(odd(load_short(text)));
  const char* const last = text.data() + text.size() - kBlock;
  OctetBlock found = odd(load_block(last));  // some of them once more
  for (const char* at = text.data(); at < last; at += kBlock) found |= odd(load_block(at));
  return !has_any(found);
}

// The same, and copies the text to where there must be room for all of it.
template <class Odd>
bool copy_none_odd(std::string_view text, char* to, Odd odd) {
  constexpr std::size_t kBlock = sizeof(OctetBlock);
  if (text.size() < kBlock) {
    const OctetBlock block = load_short(text);
    store_short(to, text.size(), block);
    return !has_any(odd(block));
  }
  const std::size_t last = text.size() - kBlock;
  const OctetBlock end = load_block(text.data() + last);
  OctetBlock found = odd(end);
  for (std::size_t at = 0; at < last; at += kBlock) {
    const OctetBlock block = load_block(text.data() + at);
    store_block(to + at, block);
    found |= odd(block);
  }
  store_block(to + last, end);
  return !has_any(found);
}

// Where the first odd octet is; the size of the text when there is none.
template <class Odd>
std::size_t find_odd(std::string_view text, Odd odd) {
  constexpr std::size_t kBlock = sizeof(OctetBlock);
  if (text.size() < kBlock) {
    const std::size_t piece = piece_of(text.size());
    const std::size_t at = first_of(odd(load_short(text)));
    if (at >= 2 * piece) return text.size();
    return at < piece ? at : at + text.size() - 2 * piece;
  }
  const std::size_t last = text.size() - kBlock;
  for (std::size_t at = 0; at < last; at += kBlock)
    if (const std::size_t found = first_of(odd(load_block(text.data() + at))); found < kBlock)
      return at + found;
  return last + first_of(odd(load_block(text.data() + last)));
}

}  // namespace policy::inline facts
