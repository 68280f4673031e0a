#pragma once
// Numbered places for things of which most are never put there: room is taken for all of them at once, and no
// work is done for those that stay empty.  What stands in a place does not move.

#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace policy::inline facts {

template <class Thing>
class Shelf {
 public:
  explicit Shelf(std::size_t places)
      : places_(places),
        taken_((places + kWord - 1) / kWord),
        room_(std::allocator<Thing>().allocate(places)) {}
  ~Shelf() {
    for (std::size_t word = 0; word < taken_.size(); ++word)
      for (std::uint64_t left = taken_[word]; left != 0; left &= left - 1)
        std::destroy_at(room_ + word * kWord + static_cast<std::size_t>(std::countr_zero(left)));
    std::allocator<Thing>().deallocate(room_, places_);
  }
  Shelf(const Shelf&) = delete;
  Shelf& operator=(const Shelf&) = delete;

  // nullptr: nothing was put there.  The place must be one of the shelf's, here and below.
  const Thing* find(std::size_t place) const { return has(place) ? room_ + place : nullptr; }
  // What stands there; a new one if nothing did.
  Thing& at(std::size_t place) {
    if (!has(place)) {
      std::construct_at(room_ + place);
      taken_[place / kWord] |= std::uint64_t{1} << place % kWord;
    }
    return room_[place];
  }

 private:
  static constexpr std::size_t kWord = 64;
  bool has(std::size_t place) const {
    assert(place < places_);
    return (taken_[place / kWord] >> place % kWord & 1) != 0;
  }

  const std::size_t places_;
  std::vector<std::uint64_t> taken_;  // a bit for each place
  Thing* const room_;
};

}  // namespace policy::inline facts
