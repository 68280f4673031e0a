#include "gateway/journal/address_in_text.h"

#include <idn2.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <utility>

#include "gateway/journal/letters.h"
#include "gateway/vocabulary.h"
#include "policy/facts/utf8.h"

namespace gateway::journal {
namespace {

constexpr std::size_t kLongestQuoted = 256;  // octets, quotation marks included
constexpr std::array<std::string_view, 7> kBetween{"@", "=", "%40", "%3d", "%", "=40", "?"};

bool has_at(std::string_view text, std::size_t at, std::string_view word) {
  return at <= text.size() && equal_nocase(text.substr(at, word.size()), word);
}

enum class Side { letter, mark, nothing };

// What a code point beyond ASCII is to an address beside it.  What the eye does not see is a part of no word.
Side side_of(std::string_view character) {
  std::uint32_t point = 0;
  if (read_point(character, point) != character.size()) return Side::letter;
  const bool is_seen = !policy::is_invisible(point) && !policy::acts_on_display(point);
  return is_seen && !is_separator(point) && !is_ideograph(point) ? Side::letter : Side::nothing;
}

// Whether a mark stands there as links (%3C) or quoted-printable (=3C, RFC 2045 §6.7) write it.
bool is_coded_mark(std::string_view code) {
  unsigned value = 0;
  const char* const end = code.data() + code.size();
  if (std::from_chars(code.data() + 1, end, value, 16).ptr != end || value >= 0x7f) return false;
  const bool is_quoted = code[0] == '=' && std::ranges::none_of(code, [](char c) { return c >= 'a'; });
  return (code[0] == '%' || is_quoted) && !is_letter_or_digit(static_cast<char>(value));
}

// What stands in front: a letter or digit, a mark, or nothing that could belong to it.
Side in_front(std::string_view text, std::size_t at) {
  if (at == 0) return Side::nothing;
  if (at >= 3 && is_coded_mark(text.substr(at - 3, 3))) return Side::nothing;
  if (static_cast<unsigned char>(text[at - 1]) < 0x80)
    return is_letter_or_digit(text[at - 1]) ? Side::letter : Side::mark;
  std::size_t point = at - 1;
  while (point > 0 && at - point < 4 && (static_cast<unsigned char>(text[point]) & 0xc0) == 0x80) --point;
  return side_of(text.substr(point, at - point));
}

// Whether the local part of an address that stands there begins further in front.
bool begins_before(std::string_view text, std::size_t at) {
  const Side side = in_front(text, at);
  if (side != Side::mark) return side == Side::letter;
  const char mark = text[at - 1];
  if (mark == '\'' || mark == '.') return in_front(text, at - 1) == Side::letter;  // o'joe, x.joe
  return mark == '_' || mark == '-' || mark == '+';
}

// Whether that character may belong to the local part behind which it stands.
bool goes_on(char c) {
  return is_letter_or_digit(c) || static_cast<unsigned char>(c) >= 0x80 ||
         std::string_view(".-_+").find(c) != std::string_view::npos;
}

// Whether a domain that ends there is not the front of a longer one.
bool ends_domain(std::string_view text, std::size_t end) {
  const auto continues = [&](std::size_t at) {
    if (at >= text.size()) return false;
    if (static_cast<unsigned char>(text[at]) < 0x80) return is_letter_or_digit(text[at]);
    std::uint32_t point = 0;
    const std::size_t size = read_point(text.substr(at), point);
    return side_of(text.substr(at, std::max<std::size_t>(size, 1))) == Side::letter;
  };
  const std::size_t behind = text.find_first_not_of('-', end);
  if (behind == text.npos) return true;
  if (behind == end && text[end] == '.') return !continues(end + 1);
  return !continues(behind);
}

// As people of that language write it; the same where there is nothing to be decoded.
std::string in_letters(const std::string& domain) {
  char* letters = nullptr;
  if (domain.find("xn--") == domain.npos || idn2_to_unicode_8z8z(domain.c_str(), &letters, 0) != IDN2_OK)
    return domain;
  const std::unique_ptr<char, void (*)(void*)> owner(letters, &idn2_free);
  return letters;
}

struct Quoted {
  std::string meant;
  std::size_t size = 0;
};

// RFC 5321 §4.1.2: a Quoted-string, from its first quotation mark.
std::optional<Quoted> quoted_at(std::string_view text, std::size_t begin) {
  Quoted quoted;
  const std::size_t end = std::min(text.size(), begin + kLongestQuoted);
  for (std::size_t i = begin + 1; i < end; ++i) {
    if (text[i] == '"') {
      quoted.size = i + 1 - begin;
      return quoted;
    }
    if (text[i] == '\\' && i + 1 < end) ++i;
    quoted.meant += text[i];
  }
  return std::nullopt;
}

}  // namespace

AddressInText::AddressInText(std::string_view local, std::string_view domain)
    : local_(to_lower(local)), domains_{to_lower(domain)} {
  if (std::string letters = in_letters(domains_.front()); letters != domains_.front())
    domains_.push_back(std::move(letters));
}

// `begin` is that of the local part.
bool AddressInText::is_domain_behind(std::string_view text, std::size_t begin, std::size_t end) const {
  for (const std::string_view between : kBetween) {
    if (!has_at(text, end, between)) continue;
    const std::size_t its = end + between.size();
    const bool follows = std::ranges::any_of(domains_, [&](const std::string& domain) {
      return has_at(text, its, domain) && ends_domain(text, its + domain.size());
    });
    if (!follows) continue;
    if (text[begin] == '"') return true;
    // In an address, "x-" in front would be a part of the name; elsewhere there may be "bounce+".
    const bool is_dotted = begin > 0 && text[begin - 1] == '.';
    if (between == "@" ? !begins_before(text, begin) : in_front(text, begin) != Side::letter && !is_dotted)
      return true;
  }
  return false;
}

bool AddressInText::is_domain_before(std::string_view text, std::size_t begin, std::size_t end) const {
  if (begin == 0 || (text[begin - 1] != '=' && text[begin - 1] != '!')) return false;
  if (end < text.size() && goes_on(text[end])) return false;
  return std::ranges::any_of(domains_, [&](const std::string& domain) {
    if (begin < domain.size() + 1) return false;
    const std::size_t its = begin - 1 - domain.size();
    if (!has_at(text, its, domain) || in_front(text, its) == Side::letter) return false;
    return its == 0 || (text[its - 1] != '-' && text[its - 1] != '.');
  });
}

std::optional<AddressInText::Found> AddressInText::at(std::string_view text, std::size_t begin) const {
  if (text[begin] == '"') {
    const auto quoted = quoted_at(text, begin);
    if (quoted && equal_nocase(quoted->meant, local_) && is_domain_behind(text, begin, begin + quoted->size))
      return Found{begin, quoted->size};
  }
  if (!has_at(text, begin, local_)) return std::nullopt;
  const std::size_t end = begin + local_.size();
  if (is_domain_behind(text, begin, end) || is_domain_before(text, begin, end))
    return Found{begin, local_.size()};
  return std::nullopt;
}

std::optional<AddressInText::Found> AddressInText::find(std::string_view text, std::size_t from) const {
  const std::array<char, 3> fronts{'"', local_.front(),
                                   local_.front() >= 'a' && local_.front() <= 'z'
                                       ? static_cast<char>(local_.front() - ('a' - 'A'))
                                       : local_.front()};
  for (std::size_t i = from; (i = text.find_first_of(fronts.data(), i, fronts.size())) != text.npos; ++i)
    if (const auto found = at(text, i)) return found;
  return std::nullopt;
}

}  // namespace gateway::journal
