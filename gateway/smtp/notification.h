#pragma once
// The values of the parameters for delivery status notifications.  They go to the mailstore as they came, so
// what is not exactly well-formed is not taken.  RFC 3461 §4

#include <string_view>

namespace gateway::smtp {

bool is_ret(std::string_view value);     // FULL or HDRS
bool is_envid(std::string_view value);   // xtext, up to 100 octets
bool is_notify(std::string_view value);  // NEVER alone, or a list of SUCCESS, FAILURE and DELAY
// A type, ";" and an address in xtext, up to 500 octets; with SMTPUTF8 the type utf-8 may bring UTF-8 as it
// is.  RFC 6533 §3
bool is_original_recipient(std::string_view value, bool smtputf8);

}  // namespace gateway::smtp
