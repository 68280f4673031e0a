#pragma once
// The DMARC result of one author domain, as far as it can be known.  RFC 9989 §5.3

#include <optional>
#include <string>
#include <vector>

#include "filters/dmarc/alignment.h"

namespace filters::dmarc {

// Does the author domain exist?  Not asked where the policy is the same either way.  RFC 9989 §3.2.13
enum class Existence { not_asked, yes, no, unknown };

// What somebody vouches for, and whether it counts.
struct Vouch {
  Identity identity;
  Alignment alignment;

  bool passes() const { return identity.trouble.empty() && alignment.state == Alignment::State::yes; }
};

struct Judgement {
  std::vector<Question> questions;  // still to be answered; nothing else counts meanwhile
  Walk walk;
  Existence existence = Existence::not_asked;
  DnsStatus existence_status = DnsStatus::ok;  // of that look-up
  std::vector<Vouch> vouches;

  Outcome outcome = Outcome::none;  // temperror when a look-up that matters failed
  std::string reason;               // for people

  std::optional<Policy> policy;  // the applicable one of p, sp and np; nullopt when unknown
  PolicyTag policy_tag = PolicyTag::p;
  std::string policy_trouble;

  List aligned;  // those that are sure
  std::string aligned_trouble;
};

// The look-up that tells whether a name exists: NXDOMAIN, or not.
DnsQuestion existence_question(const Domain& domain);

Judgement judge(const Domain& author, const Facts& facts, const Answers& answers);

}  // namespace filters::dmarc
