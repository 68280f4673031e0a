#pragma once
// Signatures over a complete message, checked by libopendkim.  Tags, keys and policy were judged before.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "filters/signing/signature.h"
#include "policy/facts/message.h"

namespace filters::dkim {

using namespace signing;

using namespace policy::facts;

// One signature whose tags are in order and whose key is at hand, and which covers no other signature.
struct Candidate {
  std::size_t field = 0;  // its index in Message::fields()
  std::string key_name;   // "s1._domainkey.a.example"
  KeyType key_type = KeyType::rsa;
  std::string key_record;             // KeyRecord::plain()
  std::optional<std::uint64_t> time;  // t=
};

enum class Check { pass, bad_signature, bad_body_hash, error };

struct Checked {
  Check check = Check::error;
  std::string reason;  // of an error
};

// One answer per candidate.  The candidates of one key name and type have the same key.  Throws only what
// reading the body throws.
std::vector<Checked> verify(const Message& message, std::span<const Candidate> candidates);

}  // namespace filters::dkim
