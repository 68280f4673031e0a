#pragma once
// What is to be said of each signature of a message, given the answers about its keys.  RFC 6376 §6.1, RFC
// 8301

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "filters/signing/signature.h"
#include "policy/facts/evidence.h"
#include "policy/facts/message.h"
#include "policy/facts/outcome.h"
#include "policy/facts/question.h"
#include "policy/facts/value.h"

namespace filters::dkim {

using namespace signing;

struct Limits {
  std::size_t signatures = 10;  // judged, from the top
  std::size_t body_hashes = 4;  // distinct ones a message
};

// A DKIM-Signature field, read.
struct SignatureField {
  std::size_t place;  // in Message::fields()
  Result<Signature> signature;
};

// From the top, at most limits.signatures.
std::vector<SignatureField> read_signatures(const Message& message, const Limits& limits);

// One question per key that these need and that is not answered yet.
std::vector<Question> missing_keys(const std::vector<SignatureField>& fields, const Answers& answers);

struct Judged {
  Claim claim;
  Outcome outcome = Outcome::permerror;
  std::string reason;        // for people; of a temperror it names the question; "" of a pass
  std::string remedy;        // what its signer can do about it, where that is known
  std::string identity;      // i=
  std::size_t key_bits = 0;  // of its key, once that was read
  std::string weak;          // why a pass is weak: key in test mode, From not oversigned
  std::vector<Step> steps;   // key, body hash, signature, as far as they were looked at
};

// One for each of `fields`, whose keys are all answered.
std::vector<Judged> judge(const Message& message, const std::vector<SignatureField>& fields,
                          const Answers& answers, std::optional<Time> now, const Limits& limits);

}  // namespace filters::dkim
