#pragma once
// A refused message as the journal sees it, for tests of its printouts.

#include "gateway/journal/entry.h"

namespace support {

gateway::journal::Entry sample_entry();

}  // namespace support
