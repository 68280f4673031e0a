#pragma once
// The DMARC result of one author domain, as far as it can be known.  RFC 9989 §5.3

#include <optional>
#include <string>
#include <vector>

#include "filters/dmarc/alignment.h"

namespace filters::dmarc {

struct Judgement {
  std::vector<Question> questions;  // still to be answered; nothing else counts meanwhile
  Walk walk;

  Outcome outcome = Outcome::none;  // temperror when a look-up that matters failed
  std::string reason;               // for people

  std::optional<Policy> policy;  // the applicable one of p, sp and np; nullopt when unknown
  std::string policy_trouble;

  List aligned;  // those that are sure
  std::string aligned_trouble;
};

Judgement judge(const Domain& author, const Facts& facts, const Answers& answers);

}  // namespace filters::dmarc
