#include "gateway/web/doorkeeper.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <stdexcept>
#include <vector>

namespace gateway::web {
bool same_secret(std::string_view one, std::string_view other) {
  return one.size() == other.size() && CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

std::string random_hex(std::size_t octets) {
  std::vector<unsigned char> random(octets);
  if (RAND_bytes(random.data(), static_cast<int>(octets)) != 1) throw std::runtime_error("no random octets");
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out;
  for (const unsigned char one : random) out.append({kHex[one >> 4], kHex[one & 15]});
  return out;
}

}  // namespace gateway::web
