#pragma once
// Texts, held in little memory: they stand in buckets by their hash, all in one block.  Millions of domains
// take some 30 octets each.  Looking one up allocates nothing and waits for memory about once; a name with
// all that is above it waits no longer, as its buckets are fetched together.

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
  using Begins = std::vector<std::uint32_t, LargeMemory<std::uint32_t>>;

  // Of each text an octet of its hash, its length, seven bits an octet, and itself in lower case.
  bool holds(std::string_view text, std::uint32_t hash) const;
  std::size_t bucket(std::uint32_t hash) const {
    return static_cast<std::size_t>((std::uint64_t{hash} * (begins_.size() - 1)) >> 32);
  }

  Octets octets_;
  Begins begins_;  // of each bucket in octets_, and where the last one ends; empty without texts
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
