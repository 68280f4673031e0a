#pragma once
// How many octets a body has once canonicalized, to see what l= leaves uncovered.  RFC 6376 §3.4.3, §3.4.4

#include <cstdint>

#include "filters/dkim/signature.h"
#include "policy/facts/message.h"

namespace filters::dkim {

std::uint64_t canonical_length(const Message& message, Canonicalization form);

}  // namespace filters::dkim
