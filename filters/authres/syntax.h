#pragma once
// The octets of which an Authentication-Results field is made: what the encoder may leave bare and what the
// parser takes.

#include <algorithm>
#include <string_view>

namespace filters::authres {

constexpr bool is_alnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// Of methods, results, ptypes and properties: RFC 5321 §4.1.2, and the underscore that some writers use.
constexpr bool is_keyword_octet(char c) { return is_alnum(c) || c == '-' || c == '_'; }

constexpr bool is_keyword(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_keyword_octet);
}

}  // namespace filters::authres
