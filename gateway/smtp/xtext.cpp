#include "gateway/smtp/xtext.h"

namespace gateway::smtp {

std::optional<char> xtext_escape(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  if (text.size() < kXtextEscape || text[0] != '+') return std::nullopt;
  const std::size_t high = kDigits.find(text[1]);
  const std::size_t low = kDigits.find(text[2]);
  if (high == kDigits.npos || low == kDigits.npos) return std::nullopt;
  return static_cast<char>(high * 16 + low);
}

std::optional<std::string> decode_xtext(std::string_view text) {
  std::string decoded;
  while (!text.empty()) {
    if (text.front() != '+') {
      decoded.push_back(text.front());
      text.remove_prefix(1);
      continue;
    }
    const std::optional<char> octet = xtext_escape(text);
    if (!octet) return std::nullopt;
    decoded.push_back(*octet);
    text.remove_prefix(kXtextEscape);
  }
  return decoded;
}

}  // namespace gateway::smtp
