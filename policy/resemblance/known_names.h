#pragma once
// People that others may want to be taken for.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policy/resemblance/one_edit.h"

namespace policy::resemblance {

// The words of a name, given by its skeleton: letters and digits; single letters, as middle initials are, do
// not count where two longer words are left.  At most 16.
std::vector<std::string_view> words_of(std::string_view name_skeleton);

class KnownNames {
 public:
  // Names of one word alone are passed over: too many share them.
  explicit KnownNames(std::span<const std::string> names);

  bool empty() const { return entries_.empty(); }

  // The one that a display name (given by its skeleton) can be taken for: its words are in it, side by side
  // and in any order; or they are all of it but for one edit, in a word of five letters or more of a name of
  // ten or more.  nullptr for none.
  const std::string* resembled_by(std::string_view name_skeleton) const;

 private:
  struct Entry {
    std::string name;
    std::vector<std::string> words;  // sorted
  };
  const std::string* same(std::span<const std::string_view> words, std::uint64_t hash) const;
  const std::string* one_edit_away(std::span<const std::string_view> words) const;

  std::vector<Entry> entries_;
  HashIndex exact_;  // numbers of entries_
  HashIndex edits_;
  std::size_t most_words_ = 0;
};

}  // namespace policy::resemblance
