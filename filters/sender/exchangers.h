#pragma once
// Where mail to a domain goes, out of the pinned answers.  RFC 5321 §5.1, RFC 7505

#include <string>
#include <vector>

#include "policy/facts/domain.h"
#include "policy/facts/evidence.h"
#include "policy/facts/question.h"

namespace filters::sender {

using namespace policy::facts;

struct Destination {
  enum class State {
    somewhere,
    nowhere,
    null_mx,  // it says that it takes no mail
    failed,   // a look-up failed that it hangs on
    open,     // some answer is missing
  };
  State state = State::open;
  std::string why = {};  // for people
  std::vector<Step> steps = {};
  std::vector<DnsQuestion> questions = {};  // of open
};

// MX, and the addresses of the hosts it names (the ten it prefers); without an MX those of the domain itself.
Destination destination_of(const Domain& domain, const Answers& answers);

}  // namespace filters::sender
