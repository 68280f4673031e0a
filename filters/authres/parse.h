#pragma once
// Reads Authentication-Results fields of whatever origin: total, linear, bounded.  RFC 8601 §2.2

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "filters/authres/authentication_results.h"

namespace filters::authres {

inline constexpr std::size_t kMostResinfos = 200;    // of a field
inline constexpr std::size_t kMostProperties = 500;  // of a field, all its results together
inline constexpr std::size_t kDeepestComment = 50;

// `value` is all behind the colon, folds included; its final CRLF may be there.  Nothing when it is malformed
// or beyond the bounds: such a field says nothing (RFC 8601 §4.1).  More than the grammar is taken in three
// places, as it is written in practice: empty results ("; ;", a semicolon at the end), a reason behind a
// property, and a property without ptype.
std::optional<AuthenticationResults> parse(std::string_view value);

// The authserv-id alone, also of a field whose rest is malformed.
std::optional<std::string> parse_authserv_id(std::string_view value);

}  // namespace filters::authres
