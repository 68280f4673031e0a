#include "policy/text_set.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <span>
#include <stdexcept>

#include "policy/facts/text.h"

namespace policy {
namespace {

constexpr std::size_t kRoom = 127;     // of a bucket, behind its first octet
constexpr std::size_t kFilled = 72;    // of it on average: some buckets have twice the texts of others
constexpr std::size_t kLongest = 48;   // of a text within a bucket
constexpr unsigned char kUsed = 0x7F;  // of the first octet
constexpr unsigned char kMore = 0x80;
constexpr unsigned char kIsLong = 0xFF;   // in place of a length
constexpr std::size_t kTextsInTrace = 4;  // on average: of those that are not there, two in a hundred pass
constexpr std::size_t kCacheLine = 64;
constexpr std::size_t kMostOctets = std::numeric_limits<std::uint32_t>::max();
constexpr const char* kTooLarge = "a list of more than 4 GB";

// Were all buckets so full that a text finds no room, there would be more in them than there is.
static_assert(kRoom - kFilled > 2 + kLongest);

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
  std::uint64_t value() const {
    std::uint64_t mixed = sum_ ^ (sum_ >> 32);
    mixed *= 0x9FB21C651E98DF25u;
    return mixed ^ (mixed >> 32);
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

std::uint64_t hash_of(std::string_view text) {
  Hash hash;
  hash.take(text);
  return hash.value();
}

// One of so many, by the first half of the hash.
template <class Places>
std::size_t place(std::uint64_t hash, const Places& places) {
  return static_cast<std::size_t>(((hash >> 32) * places.size()) >> 32);
}
// By its last octet,
char mark(std::uint64_t hash) { return static_cast<char>(hash); }
// and by the bits between.
std::uint64_t trace(std::uint64_t hash) {
  const auto bit = [&](unsigned shift) { return std::uint64_t{1} << ((hash >> shift) & 63); };
  return bit(8) | bit(14) | bit(20);
}

std::uint32_t read_number(const char* at) {
  std::uint32_t number;
  std::memcpy(&number, at, sizeof number);
  return number;
}

// What a text takes of a bucket.
std::size_t share(std::string_view text) {
  return 2 + (text.size() <= kLongest ? text.size() : sizeof(std::uint32_t));
}

void fetch(const void* bucket) {
  __builtin_prefetch(bucket);
  __builtin_prefetch(static_cast<const char*>(bucket) + kCacheLine);
}

}  // namespace

bool TextSet::is_in(const Bucket& bucket, std::string_view text, std::uint64_t hash) const {
  const char* at = bucket.octets.data();
  const char* const end = at + 1 + (static_cast<unsigned char>(*at) & kUsed);
  for (++at; at != end;) {
    const bool marked = at[0] == mark(hash);
    const auto length = static_cast<unsigned char>(at[1]);
    at += 2;
    if (length == kIsLong) {
      const char* const its = long_.data() + read_number(at);
      if (marked && equal_nocase({its + sizeof(std::uint32_t), read_number(its)}, text)) return true;
      at += sizeof(std::uint32_t);
    } else {
      if (marked && length == text.size() && equal_nocase({at, length}, text)) return true;
      at += length;
    }
  }
  return false;
}

bool TextSet::may_hold(std::uint64_t hash) const {
  return (traces_[place(hash, traces_)] & trace(hash)) == trace(hash);
}

bool TextSet::holds(std::string_view text, std::uint64_t hash) const {
  if (!may_hold(hash)) return false;
  fetch(&buckets_[place(hash, buckets_)]);
  for (std::size_t i = place(hash, buckets_);; i = i + 1 == buckets_.size() ? 0 : i + 1) {
    if (is_in(buckets_[i], text, hash)) return true;
    if (!(static_cast<unsigned char>(buckets_[i].octets[0]) & kMore)) return false;
  }
}

// It is not there yet.  `text` is in lower case.
void TextSet::put(std::string_view text, std::uint64_t hash) {
  const auto used = [&](std::size_t i) {
    return static_cast<std::size_t>(static_cast<unsigned char>(buckets_[i].octets[0]) & kUsed);
  };
  traces_[place(hash, traces_)] |= trace(hash);
  std::size_t i = place(hash, buckets_);
  for (; used(i) + share(text) > kRoom; i = i + 1 == buckets_.size() ? 0 : i + 1)
    buckets_[i].octets[0] = static_cast<char>(buckets_[i].octets[0] | kMore);
  char* at = buckets_[i].octets.data() + 1 + used(i);
  buckets_[i].octets[0] = static_cast<char>(buckets_[i].octets[0] + static_cast<char>(share(text)));
  *at++ = mark(hash);
  if (text.size() <= kLongest) {
    *at++ = static_cast<char>(text.size());
    std::ranges::copy(text, at);
    return;
  }
  *at++ = static_cast<char>(kIsLong);
  const auto begin = static_cast<std::uint32_t>(long_.size());
  const auto length = static_cast<std::uint32_t>(text.size());
  std::memcpy(at, &begin, sizeof begin);
  long_.resize(long_.size() + sizeof length);
  std::memcpy(long_.data() + begin, &length, sizeof length);
  long_.insert(long_.end(), text.begin(), text.end());
}

std::size_t TextSet::memory_bytes() const {
  return buckets_.capacity() * sizeof(Bucket) + traces_.capacity() * sizeof(traces_[0]) + long_.capacity() +
         lengths_.capacity() * sizeof(lengths_[0]);
}

bool TextSet::has(std::string_view text) const { return count_ != 0 && holds(text, hash_of(text)); }

bool TextSet::has_or_above(std::string_view name) const {
  if (count_ == 0) return false;
  struct Above {
    std::uint64_t hash;
    std::size_t begin;
  };
  std::array<Above, 16> names;
  std::size_t known = 0;
  const auto note = [&](const Hash& hash, std::size_t begin) {
    names[known] = {hash.value(), begin};
    __builtin_prefetch(&traces_[place(names[known].hash, traces_)]);
    ++known;
  };
  const auto any = [&] {
    const auto all = std::span(names).first(known);
    known = 0;
    for (const Above& one : all)
      if (may_hold(one.hash)) fetch(&buckets_[place(one.hash, buckets_)]);
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
  std::size_t of_long = 0;
  for (std::size_t i = 0; i < ends_.size(); ++i) {
    octets += share(text(i));
    if (text(i).size() > kLongest) of_long += sizeof(std::uint32_t) + text(i).size();
  }
  if (of_long > kMostOctets) throw std::length_error(kTooLarge);
  set.long_.reserve(of_long);
  set.buckets_.resize(octets / kFilled + 1);
  set.traces_.resize(ends_.size() / kTextsInTrace + 1);

  // The buckets of some texts are fetched while those of others are filled.
  constexpr std::size_t kAtOnce = 32;
  std::array<std::uint64_t, kAtOnce> hashes;
  for (std::size_t next = 0; next < ends_.size(); next += kAtOnce) {
    const std::size_t now = std::min(kAtOnce, ends_.size() - next);
    for (std::size_t i = 0; i < now; ++i) {
      hashes[i] = hash_of(text(next + i));
      fetch(&set.buckets_[place(hashes[i], set.buckets_)]);
    }
    for (std::size_t i = 0; i < now; ++i) {
      if (set.holds(text(next + i), hashes[i])) continue;
      set.put(text(next + i), hashes[i]);
      ++set.count_;
    }
  }
  return set;
}

}  // namespace policy
