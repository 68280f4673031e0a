#pragma once
// The SHA-256 of octets in hexadecimal digits, as journals and cookies can hold it.

#include <string>
#include <string_view>

#include "filters/signing/digest.h"
#include "policy/facts/hex.h"

namespace gateway {

inline std::string sha256_hex(std::string_view octets) {
  filters::signing::Sha256 hash;
  hash.take(octets);
  return policy::hex(hash.finish());
}

}  // namespace gateway
