#pragma once
// The RSA public key in p=.  RFC 6376 §3.6.1, RFC 8017 §A.1.1, RFC 3279 §2.3.1

#include <cstddef>
#include <string>
#include <string_view>

#include "policy/facts/result.h"

namespace filters::signing {

using namespace policy::facts;

struct RsaKey {
  std::string der;       // SubjectPublicKeyInfo
  std::size_t bits = 0;  // of the modulus
};

// From a SubjectPublicKeyInfo, or the bare RSAPublicKey that the RFC's example allows as well; nothing may
// follow. An error is the reason why it can vouch for nothing.
Result<RsaKey> read_rsa_key(std::string_view der);

}  // namespace filters::signing
