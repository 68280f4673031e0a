#include "gateway/trace/encoded_word.h"

#include "policy/facts/hex.h"
#include "policy/facts/text.h"

namespace gateway::trace {
namespace {

constexpr std::string_view kStart = "=?utf-8?Q?";
constexpr std::size_t kLongestWord = 75;  // RFC 2047 §2
constexpr std::size_t kLongestText = 500;

// Q encoding, with the few octets that stand for themselves also in a phrase.  RFC 2047 §5 (3)
std::string encoded(std::string_view octets) {
  std::string out;
  for (const char c : octets) {
    const char lower = policy::to_lower(c);
    if (c == ' ') {
      out += '_';
    } else if ((lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9')) {
      out += c;
    } else {
      policy::append_hex(out += '=', c, policy::kUpperHexDigits);
    }
  }
  return out;
}

}  // namespace

std::string encode_words(std::string_view text, bool before_encoded) {
  std::string plain = policy::printable(policy::trim(text), kLongestText);
  const bool as_it_is = policy::is_ascii(plain) && plain.find("=?") == plain.npos;
  if (as_it_is) return plain;
  if (before_encoded) plain += ' ';
  std::string words(kStart);
  std::size_t column = kStart.size();
  for (std::size_t at = 0; at < plain.size();) {
    std::size_t end = at + 1;  // a character is not divided among words
    while (end < plain.size() && (static_cast<unsigned char>(plain[end]) & 0xc0) == 0x80) ++end;
    const std::string piece = encoded(std::string_view(plain).substr(at, end - at));
    if (column + piece.size() + 2 > kLongestWord) {
      words.append("?=\r\n ").append(kStart);
      column = kStart.size();
    }
    words += piece;
    column += piece.size();
    at = end;
  }
  return words += "?=";
}

}  // namespace gateway::trace
