#pragma once
// Do the identities that SPF and DKIM vouch for belong to the author domain?  RFC 9989 §4.4

#include <optional>
#include <string>
#include <vector>

#include "filters/dmarc/tree_walk.h"
#include "filters/filter.h"

namespace filters::dmarc {

// A domain that SPF or DKIM vouches for, or would but for a look-up that failed.
struct Identity {
  std::string method;   // "spf" or "dkim"
  Domain domain;        // empty when the trouble does not tell
  std::string trouble;  // empty: it passed
};

// What the filters for SPF and DKIM left; at most 20 of DKIM, more are trouble.
std::vector<Identity> find_identities(const Facts& facts);

struct Alignment {
  enum class State { yes, no, unknown };
  enum class Basis {
    same_domain,
    same_organisation,
    only_same_domain,    // strict, and it is another one
    outside,             // not below the author's organisational domain
    other_organisation,  // below it, and an organisation of its own
    no_policy,           // there is nothing to be aligned with
    trouble,
  };
  State state = State::unknown;
  Basis basis = Basis::trouble;
  std::string trouble = {};              // why it is unknown
  std::vector<Question> questions = {};  // still to be answered; nothing else counts meanwhile
  std::optional<Walk> walk = {};         // the identity's own, where it was needed
};

// `author_walk` is the finished walk of the author domain.
Alignment align(const Identity& identity, const Domain& author, const Walk& author_walk,
                const Answers& answers);

}  // namespace filters::dmarc
