#include "gateway/web/doorkeeper.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <stdexcept>

#include "policy/facts/hex.h"

namespace gateway::web {
bool same_secret(std::string_view one, std::string_view other) {
  return one.size() == other.size() && CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

std::string random_octets(std::size_t count) {
  std::string out(count, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(count)) != 1)
    throw std::runtime_error("no random octets");
  return out;
}

std::string random_hex(std::size_t octets) { return policy::hex(random_octets(octets)); }

}  // namespace gateway::web
