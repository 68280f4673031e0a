#include "policy/resemblance/one_edit.h"

#include <algorithm>

namespace policy::resemblance {
namespace {

// A polynomial over the octets; whoever is asked compares the texts as well, so that a collision costs time
// and nothing else.
constexpr std::uint64_t kBase = 0x9e3779b97f4a7c15;

std::uint64_t value(char octet) { return static_cast<unsigned char>(octet) + 1u; }

// Spreads what a polynomial leaves in the low bits, so that sums of hashes tell their parts apart.
std::uint64_t mix(std::uint64_t hash) {
  hash ^= hash >> 32;
  hash *= 0xd6e8feb86659fd93;
  hash ^= hash >> 32;
  return hash;
}

}  // namespace

std::optional<std::size_t> one_edit(std::string_view word, std::string_view other) {
  if (word.size() > other.size() + 1 || other.size() > word.size() + 1) return std::nullopt;
  const auto [left, right] = std::ranges::mismatch(word, other);
  const auto at = static_cast<std::size_t>(left - word.begin());
  const std::string_view mine = word.substr(at);
  const std::string_view its = other.substr(at);
  if (mine.empty() && its.empty()) return std::nullopt;
  const bool added = its.size() == mine.size() + 1 && its.substr(1) == mine;
  const bool left_out = mine.size() == its.size() + 1 && mine.substr(1) == its;
  const bool replaced = mine.size() == its.size() && mine.substr(1) == its.substr(1);
  const bool swapped = mine.size() == its.size() && mine.size() >= 2 && mine[0] == its[1] &&
                       mine[1] == its[0] && mine.substr(2) == its.substr(2);
  return added || left_out || replaced || swapped ? std::optional(at) : std::nullopt;
}

EditHashes::EditHashes(std::string_view text) : without(text.size()) {
  // `front` is the hash of what stands in front of the octet; behind it, back to front, that of the rest and
  // its power.
  std::uint64_t front = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    without[i] = front;
    front = front * kBase + value(text[i]);
  }
  whole = mix(front);
  std::uint64_t rest = 0;
  std::uint64_t power = 1;
  for (std::size_t i = text.size(); i-- > 0;) {
    without[i] = mix(without[i] * power + rest);
    rest += value(text[i]) * power;
    power *= kBase;
  }
}

std::uint64_t text_hash(std::string_view text) {
  std::uint64_t hash = 0;
  for (const char octet : text) hash = hash * kBase + value(octet);
  return mix(hash);
}

void HashIndex::sort() {
  std::ranges::sort(entries_);
  const auto same = std::ranges::unique(entries_);
  entries_.erase(same.begin(), same.end());
  entries_.shrink_to_fit();
}

std::size_t HashIndex::first(std::uint64_t hash) const {
  const auto at =
      std::ranges::lower_bound(entries_, hash, {}, &std::pair<std::uint64_t, std::uint32_t>::first);
  return static_cast<std::size_t>(at - entries_.begin());
}

}  // namespace policy::resemblance
