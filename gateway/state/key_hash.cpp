#include "gateway/state/key_hash.h"

#include <bit>
#include <cstring>
#include <random>

namespace gateway::state {
namespace {

struct State {
  std::uint64_t v0, v1, v2, v3;

  void rounds(int count) {
    for (int i = 0; i < count; ++i) {
      v0 += v1;
      v1 = std::rotl(v1, 13) ^ v0;
      v0 = std::rotl(v0, 32);
      v2 += v3;
      v3 = std::rotl(v3, 16) ^ v2;
      v0 += v3;
      v3 = std::rotl(v3, 21) ^ v0;
      v2 += v1;
      v1 = std::rotl(v1, 17) ^ v2;
      v2 = std::rotl(v2, 32);
    }
  }
  void take(std::uint64_t word) {
    v3 ^= word;
    rounds(2);
    v0 ^= word;
  }
  std::uint64_t mixed() const { return v0 ^ v1 ^ v2 ^ v3; }
};

std::uint64_t little_endian(const void* octets, std::size_t count) {
  const auto* at = static_cast<const std::uint8_t*>(octets);
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < count; ++i) word |= std::uint64_t{at[i]} << (8 * i);
  return word;
}

}  // namespace

Secret random_secret() {
  std::random_device device;
  Secret secret;
  for (std::size_t i = 0; i < secret.size(); i += 4) {
    const std::uint32_t word = device();
    std::memcpy(&secret[i], &word, 4);
  }
  return secret;
}

KeyHash hash_key(const Secret& secret, std::string_view key) {
  const std::uint64_t k0 = little_endian(secret.data(), 8);
  const std::uint64_t k1 = little_endian(secret.data() + 8, 8);
  State state{k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d ^ 0xee, k0 ^ 0x6c7967656e657261,
              k1 ^ 0x7465646279746573};
  const std::uint64_t size = key.size();
  for (; key.size() >= 8; key.remove_prefix(8)) state.take(little_endian(key.data(), 8));
  state.take(size << 56 | little_endian(key.data(), key.size()));
  state.v2 ^= 0xee;
  state.rounds(4);
  const std::uint64_t high = state.mixed();
  state.v1 ^= 0xdd;
  state.rounds(4);
  return {high, state.mixed()};
}

}  // namespace gateway::state
