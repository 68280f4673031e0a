#pragma once
// The domains a message comes with, for lists of domains.

#include <string_view>
#include <vector>

#include "policy/facts/facts.h"

namespace filters::dbl {

using namespace policy::facts;

struct Identity {
  std::string_view fact;      // where the ids of the lists stand that list it: "dbl.sender"
  std::string_view property;  // of its evidence: "smtp.mailfrom"
  Domain domain;              // empty: there is none that could be listed
};

// What the envelope names: the client's confirmed name, the HELO name, the sender's domain.
std::vector<Identity> envelope_identities(const Facts& facts);
// The author's domain.
Identity author_identity(const Facts& facts);

}  // namespace filters::dbl
