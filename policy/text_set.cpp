#include "policy/text_set.h"

#include <algorithm>
#include <array>
#include <limits>
#include <stdexcept>

#include "policy/facts/text.h"

namespace policy {
namespace {

constexpr std::size_t kFewestSlots = 8;

// A polynomial over the octets from the last to the first.  So one pass over a name comes by the hashes of
// all that is above it, and that of a window of a text follows from its neighbour's.
class Hash {
 public:
  void take(char c) { sum_ = sum_ * kBase + octet(c); }
  // Of a window that moves one to the left: `last` falls out, `first` comes in.
  void move(char last, char first, std::uint64_t power) {
    sum_ -= octet(last) * power;
    take(first);
  }
  std::uint32_t value() const {
    std::uint64_t mixed = sum_ ^ (sum_ >> 32);
    mixed *= 0x9FB21C651E98DF25u;
    return static_cast<std::uint32_t>(mixed >> 32);
  }
  static std::uint64_t power(std::size_t exponent) {
    std::uint64_t power = 1;
    for (std::size_t i = 0; i < exponent; ++i) power *= kBase;
    return power;
  }

 private:
  static constexpr std::uint64_t kBase = 0x9E3779B97F4A7C15u;
  static std::uint64_t octet(char c) { return static_cast<unsigned char>(to_lower(c)) + std::uint64_t{1}; }
  std::uint64_t sum_ = 0;
};

std::uint32_t hash_of(std::string_view text) {
  Hash hash;
  for (std::size_t i = text.size(); i-- > 0;) hash.take(text[i]);
  return hash.value();
}

}  // namespace

std::string_view TextSet::at(std::uint32_t place) const {
  std::size_t length = 0;
  unsigned shift = 0;
  for (;; shift += 7) {
    const auto octet = static_cast<unsigned char>(octets_[place++]);
    length |= std::size_t{octet & 0x7Fu} << shift;
    if (octet < 0x80) break;
  }
  return {octets_.data() + place, length};
}

bool TextSet::holds(std::string_view text, std::uint32_t hash) const {
  if (slots_.empty()) return false;
  for (std::size_t i = first_slot(hash);; i = (i + 1) & (slots_.size() - 1)) {
    const Slot& slot = slots_[i];
    if (slot.place == 0) return false;
    if (slot.hash == hash && equal_nocase(at(slot.place), text)) return true;
  }
}

void TextSet::grow() {
  const auto before = std::move(slots_);
  slots_.assign(std::max(kFewestSlots, 2 * before.size()), Slot());
  for (const Slot& slot : before) {
    if (slot.place == 0) continue;
    std::size_t i = first_slot(slot.hash);
    while (slots_[i].place != 0) i = (i + 1) & (slots_.size() - 1);
    slots_[i] = slot;
  }
}

void TextSet::add(std::string_view text) {
  const std::uint32_t hash = hash_of(text);
  if (holds(text, hash)) return;
  if (octets_.empty()) octets_.push_back('\0');  // so that no text stands at 0
  if (octets_.size() + text.size() + 10 > std::numeric_limits<std::uint32_t>::max())
    throw std::length_error("a list of more than 4 GB");
  if (8 * (count_ + 1) > 5 * slots_.size()) grow();
  std::size_t i = first_slot(hash);
  while (slots_[i].place != 0) i = (i + 1) & (slots_.size() - 1);
  slots_[i] = {hash, static_cast<std::uint32_t>(octets_.size())};
  std::size_t length = text.size();
  for (; length >= 0x80; length >>= 7) octets_.push_back(static_cast<char>(length | 0x80));
  octets_.push_back(static_cast<char>(length));
  for (const char c : text) octets_.push_back(to_lower(c));
  ++count_;
  const auto size = static_cast<std::uint32_t>(text.size());
  const auto place = std::ranges::lower_bound(lengths_, size);
  if (place == lengths_.end() || *place != size) lengths_.insert(place, size);
}

std::size_t TextSet::memory_bytes() const {
  return octets_.capacity() + slots_.capacity() * sizeof(Slot) + lengths_.capacity() * sizeof(lengths_[0]);
}

bool TextSet::has(std::string_view text) const { return count_ != 0 && holds(text, hash_of(text)); }

bool TextSet::has_or_above(std::string_view name) const {
  if (count_ == 0) return false;
  struct Above {
    std::uint32_t hash;
    std::size_t begin;
  };
  std::array<Above, 16> names;
  std::size_t known = 0;
  const auto note = [&](const Hash& hash, std::size_t begin) {
    names[known] = {hash.value(), begin};
    __builtin_prefetch(&slots_[first_slot(names[known].hash)]);
    ++known;
  };
  const auto any = [&] {
    return std::any_of(names.begin(), names.begin() + known,
                       [&](const Above& one) { return holds(name.substr(one.begin), one.hash); });
  };
  Hash hash;
  for (std::size_t i = name.size(); i-- > 0;) {
    if (name[i] == '.' && i + 1 < name.size()) note(hash, i + 1);
    if (known == names.size()) {
      if (any()) return true;
      known = 0;
    }
    hash.take(name[i]);
  }
  if (!name.empty()) note(hash, 0);
  return any();
}

bool TextSet::has_within(std::string_view text) const {
  for (const std::size_t length : lengths_) {
    if (length == 0) return true;
    if (length > text.size()) return false;
    const std::uint64_t power = Hash::power(length - 1);
    Hash hash;
    for (std::size_t i = 0; i < length; ++i) hash.take(text[text.size() - 1 - i]);
    for (std::size_t begin = text.size() - length;; --begin) {
      if (holds(text.substr(begin, length), hash.value())) return true;
      if (begin == 0) break;
      hash.move(text[begin + length - 1], text[begin - 1], power);
    }
  }
  return false;
}

}  // namespace policy
