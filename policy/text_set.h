#pragma once
// Texts, held in little memory: one block with their octets and a table of where each begins.  Millions of
// domains take some 40 octets each.  Looking one up allocates nothing, and a look-up of a name with all that
// is above it waits for memory once, not for each label.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "policy/large_memory.h"

namespace policy {

class TextSet {
 public:
  // Room for texts of so many octets in all.
  void expect(std::size_t octets) { octets_.reserve(octets); }
  // Takes it without ASCII case, once.  Throws std::length_error beyond 4 GB.
  void add(std::string_view text);

  std::size_t size() const { return count_; }
  std::size_t memory_bytes() const;

  // All compare without ASCII case.
  bool has(std::string_view text) const;
  bool has_or_above(std::string_view name) const;  // the name, or what stands behind one of its dots
  bool has_within(std::string_view text) const;    // some text of the set is part of it

 private:
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t place = 0;  // in octets_; 0: free
  };
  bool holds(std::string_view text, std::uint32_t hash) const;
  void grow();
  std::string_view at(std::uint32_t place) const;
  std::size_t first_slot(std::uint32_t hash) const { return hash & (slots_.size() - 1); }

  std::vector<char, LargeMemory<char>>
      octets_;  // of each text its length, seven bits an octet, and itself in lower case
  std::vector<Slot, LargeMemory<Slot>> slots_;  // open addressing, never more than five eighths full
  std::size_t count_ = 0;
  std::vector<std::uint32_t> lengths_;  // that occur, sorted
};

}  // namespace policy
