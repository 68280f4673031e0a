#pragma once
// Octets as two hexadecimal digits, the way %2E, =2E and \x2e write them.  RFC 4648 §8

#include <optional>
#include <string>
#include <string_view>

namespace policy::inline facts {

inline constexpr std::string_view kHexDigits = "0123456789abcdef";
inline constexpr std::string_view kUpperHexDigits = "0123456789ABCDEF";

// 0 to 15, of a digit in either case; -1 when it is none.
constexpr int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// The octet that the two digits at that place name; nothing when the text ends there or one of them is none.
constexpr std::optional<char> hex_octet(std::string_view text, std::size_t at) {
  if (at >= text.size() || text.size() - at < 2) return std::nullopt;
  const int high = hex_value(text[at]);
  const int low = hex_value(text[at + 1]);
  if (high < 0 || low < 0) return std::nullopt;
  return static_cast<char>(high << 4 | low);
}

inline void append_hex(std::string& out, char octet, std::string_view digits = kHexDigits) {
  out += digits[static_cast<unsigned char>(octet) >> 4];
  out += digits[static_cast<unsigned char>(octet) & 15];
}

inline std::string hex(std::string_view octets) {
  std::string out;
  out.reserve(2 * octets.size());
  for (const char octet : octets) append_hex(out, octet);
  return out;
}

}  // namespace policy::inline facts
