#include "policy/text_set.h"

#include <algorithm>
#include <array>
#include <limits>
#include <span>
#include <stdexcept>
#include <utility>

#include "policy/facts/text.h"

namespace policy {
namespace {

constexpr std::size_t kTextsInBucket = 2;  // on average
constexpr std::size_t kCacheLine = 64;
constexpr std::size_t kMostOctets = std::numeric_limits<std::uint32_t>::max();
constexpr const char* kTooLarge = "a list of more than 4 GB";

// A polynomial over the octets from the last to the first.  So one pass over a name comes by the hashes of
// all that is above it, and that of a window of a text follows from its neighbour's.
class Hash {
 public:
  void take(char c) { sum_ = sum_ * kBase + octet(c); }
  // All of it.  Four octets together, so that the multiplications need not wait for each other.
  void take(std::string_view text) {
    constexpr std::uint64_t kBase2 = kBase * kBase;
    std::size_t left = text.size();
    for (; left >= 4; left -= 4)
      sum_ = sum_ * (kBase2 * kBase2) +
             (octet(text[left - 1]) * (kBase2 * kBase) + octet(text[left - 2]) * kBase2 +
              (octet(text[left - 3]) * kBase + octet(text[left - 4])));
    while (left-- > 0) take(text[left]);
  }
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
  hash.take(text);
  return hash.value();
}

// The bucket is chosen by the first bits.
char mark(std::uint32_t hash) { return static_cast<char>(hash); }

std::size_t length_octets(std::size_t length) {
  std::size_t octets = 1;
  for (; length >= 0x80; length >>= 7) ++octets;
  return octets;
}

std::size_t read_length(const char*& at) {
  std::size_t length = 0;
  for (unsigned shift = 0;; shift += 7) {
    const auto octet = static_cast<unsigned char>(*at++);
    length |= std::size_t{octet & 0x7Fu} << shift;
    if (octet < 0x80) return length;
  }
}

void write_length(std::size_t length, char*& at) {
  for (; length >= 0x80; length >>= 7) *at++ = static_cast<char>(length | 0x80);
  *at++ = static_cast<char>(length);
}

// What a bucket usually takes.
void fetch(const char* bucket) {
  for (std::size_t line = 0; line < 3; ++line) __builtin_prefetch(bucket + line * kCacheLine);
}

// Whether the texts that stand there, one behind the other, hold this one.
bool is_within(const char* at, const char* end, std::string_view text, std::uint32_t hash) {
  while (at != end) {
    const bool marked = *at++ == mark(hash);
    const std::size_t length = read_length(at);
    if (marked && length == text.size() && equal_nocase({at, length}, text)) return true;
    at += length;
  }
  return false;
}

}  // namespace

bool TextSet::holds(std::string_view text, std::uint32_t hash) const {
  const std::size_t its = bucket(hash);
  const char* const begin = octets_.data() + begins_[its];
  fetch(begin);
  return is_within(begin, octets_.data() + begins_[its + 1], text, hash);
}

std::size_t TextSet::memory_bytes() const {
  return octets_.capacity() + begins_.capacity() * sizeof(begins_[0]) +
         lengths_.capacity() * sizeof(lengths_[0]);
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
    __builtin_prefetch(&begins_[bucket(names[known].hash)]);
    ++known;
  };
  const auto any = [&] {
    const auto all = std::span(names).first(known);
    for (const Above& one : all) {
      fetch(octets_.data() + begins_[bucket(one.hash)]);
    }
    known = 0;
    return std::ranges::any_of(all,
                               [&](const Above& one) { return holds(name.substr(one.begin), one.hash); });
  };
  Hash hash;
  for (std::size_t end = name.size();;) {
    const std::size_t dot = end == 0 ? name.npos : name.rfind('.', end - 1);
    const std::size_t begin = dot == name.npos ? 0 : dot + 1;
    hash.take(name.substr(begin, end - begin));
    if (begin < name.size()) note(hash, begin);
    if (dot == name.npos) return any();
    if (known == names.size() && any()) return true;
    hash.take('.');
    end = dot;
  }
}

bool TextSet::has_within(std::string_view text) const {
  for (const std::size_t length : lengths_) {
    if (length == 0) return true;
    if (length > text.size()) return false;
    const std::uint64_t power = Hash::power(length - 1);
    Hash hash;
    hash.take(text.substr(text.size() - length));
    for (std::size_t begin = text.size() - length;; --begin) {
      if (holds(text.substr(begin, length), hash.value())) return true;
      if (begin == 0) break;
      hash.move(text[begin + length - 1], text[begin - 1], power);
    }
  }
  return false;
}

void TextSet::Maker::add(std::string_view text) {
  if (octets_.size() + text.size() > kMostOctets) throw std::length_error(kTooLarge);
  for (const char c : text) octets_.push_back(to_lower(c));
  ends_.push_back(static_cast<std::uint32_t>(octets_.size()));
  const auto size = static_cast<std::uint32_t>(text.size());
  const auto place = std::ranges::lower_bound(lengths_, size);
  if (place == lengths_.end() || *place != size) lengths_.insert(place, size);
}

TextSet TextSet::Maker::done() {
  TextSet set;
  if (ends_.empty()) return set;
  set.lengths_ = std::move(lengths_);
  const auto text = [&](std::size_t number) {
    const std::size_t begin = number == 0 ? 0 : ends_[number - 1];
    return std::string_view(octets_.data() + begin, ends_[number] - begin);
  };
  std::size_t octets = 0;
  for (std::size_t i = 0; i < ends_.size(); ++i) octets += 1 + length_octets(text(i).size()) + text(i).size();
  if (octets > kMostOctets) throw std::length_error(kTooLarge);

  // Sorted by bucket: first how many are in each, then where those of each begin, then who they are.
  std::vector<std::uint32_t> hashes(ends_.size());
  std::vector<std::uint32_t> order(ends_.size());
  set.begins_.assign(std::max<std::size_t>(1, ends_.size() / kTextsInBucket) + 1, 0);
  for (std::size_t i = 0; i < ends_.size(); ++i) {
    hashes[i] = hash_of(text(i));
    ++set.begins_[set.bucket(hashes[i])];
  }
  std::uint32_t before = 0;
  for (std::uint32_t& begin : set.begins_) before += std::exchange(begin, before);
  for (std::size_t i = 0; i < ends_.size(); ++i)
    order[set.begins_[set.bucket(hashes[i])]++] = static_cast<std::uint32_t>(i);

  // Now begins_[n] says where those of bucket n end.  Each becomes the place of its octets.
  set.octets_.resize(octets);
  char* at = set.octets_.data();
  std::size_t next = 0;
  for (std::size_t bucket = 0; bucket + 1 < set.begins_.size(); ++bucket) {
    const std::size_t end = set.begins_[bucket];
    const char* const begin = at;
    set.begins_[bucket] = static_cast<std::uint32_t>(at - set.octets_.data());
    for (; next < end; ++next) {
      const std::uint32_t number = order[next];
      if (is_within(begin, at, text(number), hashes[number])) continue;
      *at++ = mark(hashes[number]);
      write_length(text(number).size(), at);
      at = std::ranges::copy(text(number), at).out;
      ++set.count_;
    }
  }
  set.begins_.back() = static_cast<std::uint32_t>(at - set.octets_.data());
  set.octets_.resize(set.begins_.back());
  return set;
}

}  // namespace policy
