#pragma once
// How much work the signatures of a message are, before any of them is read.

#include <cstdint>

#include "filters/dkim/judgement.h"
#include "policy/facts/message.h"

namespace filters::dkim {

// At most about so much, in octets of a body hashed once (some 5 ns each).
std::uint64_t work(const Message& message, const Limits& limits);

}  // namespace filters::dkim
