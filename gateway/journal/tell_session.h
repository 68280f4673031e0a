#pragma once
// The story of a connection without a transaction, for people: what `show` prints of one.

#include <string>

#include "gateway/journal/page.h"
#include "gateway/journal/session_entry.h"

namespace gateway::journal {

// Lines ended by LF, safe for a terminal.
std::string tell(const SessionEntry& entry, PageStyle style = {});

// Where and how a record came to be: the client's end, TLS, the gateway, its mode and policy.
std::string tell_origin(const Preamble& preamble, PageStyle style = {});

}  // namespace gateway::journal
