#pragma once
// How much work looking through a message will be, before it is done.

#include <cstdint>

#include "policy/facts/message.h"

#include "filters/attachments/limits.h"

namespace filters::attachments {

// At most about so much, in octets gone through once (some 5 ns each).  Where an archive or a document is to
// be opened that is more than an event loop has time for, whatever its size.
std::uint64_t work(const policy::Message& message, const Limits& limits);

}  // namespace filters::attachments
