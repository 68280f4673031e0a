#pragma once
// Texts, held in little memory: they stand in buckets of two cache lines, by their hash.  Millions of domains
// take some 40 octets each.  Looking one up allocates nothing.  Two octets a text, which fit in a cache, tell
// of most that are not in the set; the others wait for memory once, and a name with all that is above it
// waits no longer, as its buckets are fetched together.

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "policy/large_memory.h"

namespace policy {

class TextSet {
 public:
  class Maker;

  TextSet() = default;

  std::size_t size() const { return count_; }
  std::size_t memory_bytes() const;

  // All compare without ASCII case.
  bool has(std::string_view text) const;
  bool has_or_above(std::string_view name) const;  // the name, or what stands behind one of its dots
  bool has_within(std::string_view text) const;    // some text of the set is part of it

 private:
  using Octets = std::vector<char, LargeMemory<char>>;
  // One octet says how many are in use, its first bit that what had no room here stands in the next bucket.
  // Of each text: an octet of its hash, its length and itself in lower case, or where it is in `long_`.
  struct alignas(64) Bucket {
    std::array<char, 128> octets{};
  };

  bool may_hold(std::uint64_t hash) const;
  bool holds(std::string_view text, std::uint64_t hash) const;
  bool is_in(const Bucket& bucket, std::string_view text, std::uint64_t hash) const;
  void put(std::string_view text, std::uint64_t hash);

  std::vector<Bucket, LargeMemory<Bucket>> buckets_;               // none without texts
  std::vector<std::uint64_t, LargeMemory<std::uint64_t>> traces_;  // three bits of each text, in one word
  Octets long_;  // texts too long for a bucket, each behind its length
  std::size_t count_ = 0;
  std::vector<std::uint32_t> lengths_;  // that occur, sorted
};

// Takes texts one by one; each is in the set once.
class TextSet::Maker {
 public:
  // Room for texts of so many octets in all.
  void expect(std::size_t octets) { octets_.reserve(octets); }
  // Throws std::length_error beyond 4 GB.
  void add(std::string_view text);
  TextSet done();  // what was taken; once

 private:
  Octets octets_;                    // in lower case, one behind the other
  std::vector<std::uint32_t> ends_;  // of each
  std::vector<std::uint32_t> lengths_;
};

}  // namespace policy
