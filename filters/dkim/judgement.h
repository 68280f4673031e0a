#pragma once
// What is to be said of each signature of a message, given the answers about its keys.  RFC 6376 §6.1, RFC
// 8301

#include <optional>
#include <string>
#include <vector>

#include "filters/dkim/signature.h"
#include "policy/facts/message.h"
#include "policy/facts/outcome.h"
#include "policy/facts/question.h"
#include "policy/facts/value.h"

namespace filters::dkim {

struct Limits {
  std::size_t signatures = 10;  // judged, from the top
  std::size_t body_hashes = 4;  // distinct ones a message
};

struct Judged {
  Claim claim;
  Outcome outcome = Outcome::permerror;
  std::string reason;  // for people; of a temperror it names the question
  bool weak = false;   // key in test mode, or From not oversigned
};

// One question per key that a signature within the limits needs.
std::vector<Question> key_questions(const Message& message, const Limits& limits);

// From the top, at most limits.signatures; all key questions are answered.
std::vector<Judged> judge(const Message& message, const Answers& answers, std::optional<Time> now,
                          const Limits& limits);

}  // namespace filters::dkim
