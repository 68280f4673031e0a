#pragma once
// Values written in conditions, lists and settings of rules.

#include <optional>
#include <string_view>

#include "policy/facts/value.h"

namespace policy::language {

// 2027-01-31 or 2027-01-31T12:00:00Z, in UTC; RFC 3339 with "Z" only.
std::optional<Time> parse_time(std::string_view text);
std::optional<double> parse_number(std::string_view text);

}  // namespace policy::language
