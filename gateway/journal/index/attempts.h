#pragma once
// Other attempts of the same message: what was deferred comes again, and what was refused from elsewhere.

#include <string>
#include <vector>

#include "gateway/journal/index/row.h"
#include "gateway/journal/index/search.h"

namespace gateway::journal::index {

struct Attempt {
  std::string id;
  Time time{};
  std::string action, rule, reply;
};

// Within a week before and after: with the same Message-ID, or from the same client network and sender to one
// of its recipients.  The oldest first, at most 20 of each kind.
std::vector<Attempt> other_attempts(Search& search, const Row& row);

}  // namespace gateway::journal::index
