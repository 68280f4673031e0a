#pragma once
// The key of a signature, from the DNS answer about it, or why there is none to use.  RFC 6376 §6.1.2, RFC
// 8301 §3.2

#include <optional>
#include <string>

#include "filters/signing/key_record.h"
#include "filters/signing/signature.h"
#include "policy/facts/outcome.h"
#include "policy/facts/question.h"

namespace filters::dkim {

using namespace signing;

struct KeySearch {
  std::optional<KeyRecord> key;  // without it, the outcome and the rest say why
  Outcome outcome = Outcome::permerror;
  std::string reason;
  std::string remedy;    // what its owner can do about it
  std::string meaning;   // of the answer, for the step
  std::size_t bits = 0;  // of the key found, used or not
};

// `answer` may be null, which is as a time-out.
KeySearch search_key(const Signature& signature, const DnsQuestion& question, const DnsAnswer* answer);

}  // namespace filters::dkim
