#pragma once
// Macro expansion of a domain-spec.  RFC 7208 §7

#include <string>
#include <string_view>

#include "policy/facts/ip_address.h"

namespace filters::spf {

using namespace policy::facts;

struct MacroValues {
  std::string local;          // of the sender; "postmaster" where there is none, RFC 7208 §4.3
  std::string sender_domain;  // %{o}
  std::string domain;         // %{d}, the domain whose record is read
  std::string helo;
  std::string client_name;  // %{p}, validated, or "unknown"
  IpAddress client;
};

// Octets from outside: the sender's local part and the HELO name may bring anything.  A trailing dot is
// dropped; beyond 253 octets whole labels are taken off the front, §7.3.  `spec` is one parse_record
// accepted.
std::string expand(std::string_view spec, const MacroValues& values);

// Whether the expansion needs client_name, which costs look-ups.
bool needs_client_name(std::string_view spec);

// The length of the macro at the start of `text`, which starts with '%'; 0 when it is none.  The letters c, r
// and t are for explanations only and count as none.  RFC 7208 §7.1, §7.2
std::size_t macro_length(std::string_view text);

}  // namespace filters::spf
