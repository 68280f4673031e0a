#include "gateway/web/url.h"

#include <algorithm>

#include "policy/facts/hex.h"

namespace gateway::web {
namespace {

constexpr std::size_t kLongestLocal = 2000;

// RFC 3986 §2.3: all but the unreserved.
std::string encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
        c == '_' || c == '~')
      out += c;
    else
      policy::append_hex(out += '%', c, policy::kUpperHexDigits);
  }
  return out;
}

}  // namespace

Url Url::of(std::string text) {
  Url url("/");
  url.text_ = std::move(text);
  return url;
}

std::optional<Url> Url::local(std::string_view text) {
  if (text.empty() || text.size() > kLongestLocal || text[0] != '/') return std::nullopt;
  if (text.size() > 1 && (text[1] == '/' || text[1] == '\\')) return std::nullopt;  // another host
  const bool plain = std::ranges::all_of(
      text, [](char c) { return c > ' ' && c < 0x7f && c != '"' && c != '<' && c != '>' && c != '\\'; });
  if (!plain) return std::nullopt;
  return of(std::string(text));
}

Url Url::fragment(std::string_view id) { return of('#' + encoded(id)); }

Url Url::below(std::string_view segment) const {
  // Alone they would mean this place and the one above it.  RFC 3986 §5.2.4
  if (segment == ".") return of(text_ + "/%2E");
  if (segment == "..") return of(text_ + "/%2E%2E");
  return of(text_ + (text_.ends_with('/') ? "" : "/") + encoded(segment));
}

Url Url::with(std::string_view name, std::string_view value) const {
  return of(text_ + (text_.find('?') == text_.npos ? '?' : '&') + encoded(name) + '=' + encoded(value));
}

Url Url::with(std::string_view name, std::uint64_t value) const { return with(name, std::to_string(value)); }

Url Url::at(std::string_view id) const { return of(text_ + '#' + encoded(id)); }

}  // namespace gateway::web
