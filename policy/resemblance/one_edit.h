#pragma once
// Words that differ by one slip of a finger: a letter more, less or another one, or two neighbours swapped.

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace policy::resemblance {

// Where in `word` one edit makes it `other`: the first octet that differs, at most word.size(); nullopt when
// they are the same or further apart.
std::optional<std::size_t> one_edit(std::string_view word, std::string_view other);

// Hashes of a text and of each text that it becomes when one octet is taken out, all in linear time.  Two
// texts that are one edit apart have a hash of `whole` or `without` in common.
struct EditHashes {
  explicit EditHashes(std::string_view text);
  std::uint64_t whole = 0;
  std::vector<std::uint64_t> without;  // [i]: without the octet i
};

std::uint64_t text_hash(std::string_view text);  // that of EditHashes::whole

// Numbers by hash; several may share one.  add() all, sort(), then ask.
class HashIndex {
 public:
  void add(std::uint64_t hash, std::uint32_t number) { entries_.emplace_back(hash, number); }
  void sort();

  // Calls `take(number)` for each entry with the hash until it says true; whether it did.
  template <class Take>
  bool find(std::uint64_t hash, Take take) const {
    for (std::size_t at = first(hash); at < entries_.size() && entries_[at].first == hash; ++at)
      if (take(entries_[at].second)) return true;
    return false;
  }

 private:
  std::size_t first(std::uint64_t hash) const;
  std::vector<std::pair<std::uint64_t, std::uint32_t>> entries_;
};

}  // namespace policy::resemblance
