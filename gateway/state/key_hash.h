#pragma once
// What a key is remembered as: 128 bits under a secret of our own.  So every entry has the same size, who
// chooses keys cannot choose which collide, and no address of a sender or a recipient lies on our disk.

#include <array>
#include <cstdint>
#include <string_view>

namespace gateway::state {

using Secret = std::array<std::uint8_t, 16>;

Secret random_secret();

struct KeyHash {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  friend bool operator==(const KeyHash&, const KeyHash&) = default;
};

// SipHash-2-4 with 128 bits of output (Aumasson, Bernstein 2012).
KeyHash hash_key(const Secret& secret, std::string_view key);

}  // namespace gateway::state
