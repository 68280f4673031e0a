#include "policy/facts/address.h"

#include <algorithm>

#include "policy/facts/ip_address.h"
#include "policy/facts/text.h"

namespace policy::inline facts {
namespace {

// RFC 5321 §4.5.3.1.1 asks for 64 at the least; SRS and bounce addresses made from others are longer.
constexpr std::size_t kLongestLocalPart = 256;
constexpr std::size_t kLongestAddress = 1000;  // far above RFC 5321 §4.5.3.1.3, U-labels included

bool is_atext(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos ||
         static_cast<unsigned char>(c) >= 0x80;
}

// Reads a dot-string; returns the octets read, 0 when there is none.
std::size_t dot_string(std::string_view text, std::string& local) {
  std::size_t at = 0;
  while (at < text.size() && (is_atext(text[at]) || text[at] == '.')) ++at;
  const std::string_view word = text.substr(0, at);
  if (word.empty() || word.front() == '.' || word.back() == '.' || word.find("..") != word.npos) return 0;
  local = word;
  return at;
}

std::size_t quoted_string(std::string_view text, std::string& local) {
  for (std::size_t at = 1; at < text.size(); ++at) {
    char c = text[at];
    if (c == '"') return at + 1;
    if (c == '\\') {
      if (++at == text.size()) return 0;
      c = text[at];
    }
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return 0;
    local.push_back(c);
  }
  return 0;
}

bool address_literal(std::string_view inside) {
  constexpr std::string_view kV6 = "IPv6:";
  if (starts_with_nocase(inside, kV6)) {
    inside.remove_prefix(kV6.size());
    return inside.find(':') != inside.npos && IpAddress::parse(inside).has_value();
  }
  return inside.find(':') == inside.npos && IpAddress::parse(inside).has_value();
}

}  // namespace

std::optional<Address> Address::parse(std::string_view mailbox, bool utf8) {
  if (mailbox.size() > kLongestAddress || mailbox.empty()) return std::nullopt;
  if (!utf8 && !is_ascii(mailbox)) return std::nullopt;
  if (!is_valid_utf8(mailbox)) return std::nullopt;
  Address address;
  const std::size_t local_end =
      mailbox.front() == '"' ? quoted_string(mailbox, address.local_) : dot_string(mailbox, address.local_);
  if (local_end == 0 || local_end > kLongestLocalPart || local_end >= mailbox.size() ||
      mailbox[local_end] != '@')
    return std::nullopt;
  const std::string_view domain = mailbox.substr(local_end + 1);
  if (domain.size() > 2 && domain.front() == '[' && domain.back() == ']') {
    if (!address_literal(domain.substr(1, domain.size() - 2))) return std::nullopt;
    address.literal_ = true;
  } else {
    if (domain.ends_with('.')) return std::nullopt;  // RFC 5321 §4.1.2 has no root dot
    const auto parsed = Domain::parse(domain);
    if (!parsed) return std::nullopt;
    address.domain_ = *parsed;
  }
  address.text_ = mailbox;
  return address;
}

Address Address::odd(std::string_view text) {
  if (const auto strict = parse(text)) return *strict;
  Address address;
  const std::size_t at = text.rfind('@');
  address.text_ = text.substr(0, kLongestAddress);
  address.local_ = text.substr(0, std::min(at, text.size()));
  if (at != text.npos) address.domain_ = Domain::parse(text.substr(at + 1)).value_or(Domain());
  return address;
}

Address Address::bare_postmaster() {
  Address address;
  address.text_ = address.local_ = "postmaster";
  return address;
}

bool Address::needs_utf8() const { return !is_ascii(text_); }

std::string Address::comparable() const {
  if (is_null()) return {};
  const std::string local = to_lower(local_);
  if (literal_) return local + to_lower(text_.substr(text_.rfind('@')));
  return domain_.empty() ? local : local + "@" + domain_.text();
}

}  // namespace policy::inline facts
