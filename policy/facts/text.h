#pragma once
// Small text helpers that every layer uses.  ASCII only where case is concerned: protocol words, not prose.

#include <algorithm>
#include <string>
#include <string_view>

namespace policy::inline facts {

constexpr char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }
std::string to_lower(std::string_view text);
bool equal_nocase(std::string_view a, std::string_view b);
bool starts_with_nocase(std::string_view text, std::string_view prefix);
bool is_ascii(std::string_view text);
bool is_valid_utf8(std::string_view text);  // RFC 3629: no surrogates, no overlong forms
std::string_view trim(std::string_view text, std::string_view what = " \t\r\n");

// Text from outside made fit for a log line, a reply or a terminal: control octets, DEL, C1 and bidirectional
// controls and malformed UTF-8 become \xNN; at most `most` octets, with "…" where it was cut.
std::string printable(std::string_view text, std::size_t most = 256);

}  // namespace policy::inline facts
