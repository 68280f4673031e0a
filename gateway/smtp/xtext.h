#pragma once
// xtext: "+" and two upper-case hex digits stand for an octet.  RFC 3461 §4

#include <optional>
#include <string>
#include <string_view>

namespace gateway::smtp {

// The octet that the escape at the beginning of `text` stands for, "+2B" for "+"; nullopt when it is none.
std::optional<char> xtext_escape(std::string_view text);
constexpr std::size_t kXtextEscape = 3;  // its octets

// Nullopt when an escape is malformed.
std::optional<std::string> decode_xtext(std::string_view text);

}  // namespace gateway::smtp
