#pragma once
// Macro expansion of a domain-spec.  RFC 7208 §7

#include <cstdint>
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

  // For explanations only, §7.2.
  std::string receiver;  // %{r}: the name of the host that checks; "unknown" if empty
  std::int64_t now = 0;  // %{t}: seconds since 1970
};

// Where the text stands: a name to be asked for, or an explanation, which has three letters more.
enum class MacroUse { name, explanation };

// Octets from outside: the sender's local part and the HELO name may bring anything.  A trailing dot is
// dropped; beyond 253 octets whole labels are taken off the front, §7.3.  `spec` is one parse_record
// accepted.  Takes time linear in what the macros bring.
std::string expand(std::string_view spec, const MacroValues& values);

// An explanation, as it is: no label is cut, no dot dropped.  Ends with the macro that reaches `most` octets.
// `text` is one is_explanation() accepted.
std::string expand_explanation(std::string_view text, const MacroValues& values, std::size_t most);

// explain-string of §12: visible ASCII and spaces, '%' only in macros.
bool is_explanation(std::string_view text);

// Whether the expansion needs client_name, which costs look-ups.
bool needs_client_name(std::string_view spec);

// The length of the macro at the start of `text`, which starts with '%'; 0 when it is none.  The letters c, r
// and t are for explanations only and count as none elsewhere.  RFC 7208 §7.1, §7.2
std::size_t macro_length(std::string_view text, MacroUse use = MacroUse::name);

}  // namespace filters::spf
