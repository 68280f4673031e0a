#pragma once
// The journal's record of a connection that ended without a transaction, as a JSON line.
//
// Names are stable: fields may be added, none is renamed.  Text is UTF-8; other octets stand as \xNN.
//
//   format          1
//   kind            "session", always the second member
//   id              of the connection
//   time, duration, host, mode, policy_version, client      as of a transaction
//   ended           "quit", "closed", "lost", "timed_out", "too_slow", "limit", "refused", "tls_failed",
//                   "proxy_header", "too_many_connections", "stopping", "internal_trouble"
//   detail          why, where there is more to say: OpenSSL's reason; "" otherwise
//   commands        how many were said
//   errors          how many of them were protocol errors
//   last_command    its verb, "?" for an unknown one, "" before the first
//   reply           what the client was told last
//   refused_by      what refused last outside the rules, "@limit"; "" otherwise
//   verdict, rules  as of a transaction, where a rule refused in the greeting
//   unrecorded      how many such connections have got no record since the last one that did

#include <string>
#include <string_view>

#include "gateway/journal/session_entry.h"

namespace gateway::journal {

// Without a line end.
std::string encode_session(const SessionEntry& entry);

// Whether this line of the journal is such a record; reads no more than its beginning.
bool is_session_record(std::string_view record);

}  // namespace gateway::journal
