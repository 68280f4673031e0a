#include "gateway/smtp/notification.h"

#include <algorithm>
#include <array>

#include "gateway/smtp/xtext.h"
#include "gateway/vocabulary.h"

namespace gateway::smtp {
namespace {

constexpr std::size_t kLongestEnvid = 100;     // RFC 3461 §4.4
constexpr std::size_t kLongestNotify = 28;     // §4.1
constexpr std::size_t kLongestOriginal = 500;  // §4.2

bool is_printable(int octet) { return octet >= 0x20 && octet < 0x7f; }

// xtext that stands for printable ASCII: a line end in disguise would be written into a notification.
bool is_xtext(std::string_view text, bool utf8) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto octet = static_cast<unsigned char>(text[at]);
    if (octet >= 0x80) {
      if (!utf8) return false;
      continue;
    }
    if (!is_printable(octet) || octet == ' ' || octet == '=') return false;
    if (octet != '+') continue;
    const std::optional<char> meant = xtext_escape(text.substr(at));
    if (!meant || !is_printable(static_cast<unsigned char>(*meant))) return false;
    at += kXtextEscape - 1;
  }
  return true;
}

bool is_atom(std::string_view text) {
  constexpr std::string_view kSpecials = "()<>@,;:\\\".[]";  // RFC 822 §3.3
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return c > 0x20 && c < 0x7f && kSpecials.find(c) == std::string_view::npos;
  });
}

}  // namespace

bool is_ret(std::string_view value) { return equal_nocase(value, "FULL") || equal_nocase(value, "HDRS"); }

bool is_envid(std::string_view value) {
  return !value.empty() && value.size() <= kLongestEnvid && is_xtext(value, false);
}

bool is_notify(std::string_view value) {
  if (value.size() > kLongestNotify) return false;
  if (equal_nocase(value, "NEVER")) return true;
  constexpr std::array<std::string_view, 3> kWords{"SUCCESS", "FAILURE", "DELAY"};
  for (;;) {
    const std::size_t comma = value.find(',');
    const std::string_view word = value.substr(0, comma);
    if (std::ranges::none_of(kWords, [&](std::string_view known) { return equal_nocase(word, known); }))
      return false;
    if (comma == std::string_view::npos) return true;
    value.remove_prefix(comma + 1);
  }
}

bool is_original_recipient(std::string_view value, bool smtputf8) {
  if (value.size() > kLongestOriginal) return false;
  const std::size_t semicolon = value.find(';');
  if (semicolon == std::string_view::npos) return false;
  const std::string_view type = value.substr(0, semicolon);
  const std::string_view address = value.substr(semicolon + 1);
  return is_atom(type) && !address.empty() && is_xtext(address, smtputf8 && equal_nocase(type, "utf-8"));
}

}  // namespace gateway::smtp
