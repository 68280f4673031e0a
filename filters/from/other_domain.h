#pragma once
// Addresses that stand where no address belongs, and that some readers show all the same.

#include <string_view>

#include "policy/facts/domain.h"

namespace filters::from {

// Whether a text holds an "@" with a domain behind it that is not `author`.  Linear: after 20 of them it is
// said to.
bool names_other_domain(std::string_view text, const policy::Domain& author);

}  // namespace filters::from
