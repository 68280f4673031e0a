#pragma once
// The value of one DKIM-Signature field, checked against everything that can be checked without key and body.
// RFC 6376 §3.5

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/facts/domain.h"
#include "policy/facts/result.h"

namespace filters::signing {

class TagList;

using namespace policy::facts;

enum class Algorithm { rsa_sha256, ed25519_sha256, rsa_sha1 };
enum class Canonicalization { simple, relaxed };
enum class KeyType { rsa, ed25519 };  // k= of the key record

// As the tags have them.
std::string_view name(Algorithm algorithm);
std::string_view name(Canonicalization form);
std::string_view name(KeyType type);

struct Signature {
  Algorithm algorithm = Algorithm::rsa_sha256;              // a=
  std::string signature;                                    // b=, decoded
  std::string body_hash;                                    // bh=, decoded: 32 octets (20 of rsa-sha1)
  Canonicalization header_form = Canonicalization::simple;  // c=
  Canonicalization body_form = Canonicalization::simple;    // c=
  Domain domain;                                            // d=
  std::vector<std::string> fields;                          // h=, lower case, in its order
  std::string identity;                                     // i=, decoded; empty when absent
  Domain identity_domain;                                   // d= when there is no i=
  std::optional<std::uint64_t> length;                      // l=
  std::string selector;                                     // s=, lower case
  std::optional<std::uint64_t> time;                        // t=, seconds since 1970
  std::optional<std::uint64_t> expiry;                      // x=

  KeyType key_type() const {
    return algorithm == Algorithm::ed25519_sha256 ? KeyType::ed25519 : KeyType::rsa;
  }
  std::string key_name() const;                           // where its key is: "s1._domainkey.a.example"
  std::size_t covers(std::string_view field_name) const;  // how often h= names it (in lower case)
};

// An error is the reason of a permerror.  Not judged here: rsa-sha1 and the expiry, which need no syntax.
Result<Signature> parse_signature(std::string_view value);

// The fields of ARC with the same tags.  Without v=, and with an i= of its own that is not read here; h= may
// be empty.  A seal has only a=, b=, d=, s= and t=.  RFC 8617 §4.1.2, §4.1.3
enum class ArcField { message_signature, seal };
Result<Signature> parse_signature(const TagList& tags, ArcField field);

// What a broken field still says of itself, for the evidence: "" when it does not.
struct Claim {
  std::string domain;
  std::string selector;
  std::string algorithm;
};
Claim claim(std::string_view value);

}  // namespace filters::signing
