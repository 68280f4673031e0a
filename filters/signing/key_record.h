#pragma once
// The key record of a DKIM selector: text of s._domainkey.d, and the public key in it.  RFC 6376 §3.6.1

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "filters/signing/signature.h"
#include "policy/facts/result.h"

namespace filters::signing {

using namespace policy::facts;

struct KeyRecord {
  KeyType type = KeyType::rsa;      // k=
  bool revoked = false;             // p= is empty
  std::string key;                  // RSA: SubjectPublicKeyInfo in DER; Ed25519: 32 octets
  std::size_t bits = 0;             // of the RSA modulus; 256 for Ed25519
  std::vector<std::string> hashes;  // h=, lower case; empty allows all
  bool test_mode = false;           // t=y
  bool same_domain = false;         // t=s: the domain of i= must be d= itself

  // The record in the few tags and without the white space that libopendkim can hold.
  std::string plain() const;
};

// An error is the reason of a permerror.
Result<KeyRecord> parse_key_record(std::string_view text);

// Why this key may not be used for that signature; "" when it may.  Key sizes are not judged here.
std::string mismatch(const KeyRecord& key, const Signature& signature);

}  // namespace filters::signing
