#pragma once
// Which names can be asked for.

#include <string_view>

namespace filters::names {

// Whether a name can be in the DNS at all: labels of 1 to 63 octets of any kind, 253 in all.
bool can_ask(std::string_view name);

// Whether check_host() asks for its record: the same, and at least two labels.  RFC 7208 §4.3
bool is_checkable(std::string_view name);

}  // namespace filters::names
