#include "gateway/journal/address_in_text.h"

#include <algorithm>
#include <array>

#include "gateway/vocabulary.h"
#include "policy/facts/utf8.h"

namespace gateway::journal {
namespace {

constexpr std::size_t kLongestQuoted = 256;  // octets, quotation marks included
constexpr std::array<std::string_view, 5> kBetween{"@", "=", "%40", "%3d", "%"};

bool is_letter_or_digit(char c) {
  c = to_lower(c);
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
}

// RFC 5322 §3.2.3
bool is_atom_character(char c) {
  return is_letter_or_digit(c) || std::string_view("!#$%&'*+-/=?^_`{|}~.").find(c) != std::string_view::npos;
}

bool is_hex(char c) {
  c = to_lower(c);
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

bool has_at(std::string_view text, std::size_t at, std::string_view word) {
  return at <= text.size() && equal_nocase(text.substr(at, word.size()), word);
}

// What the eye does not see is a part of no word.
bool is_seen(std::string_view character) {
  std::uint32_t point = 0;
  return read_point(character, point) != character.size() ||
         !(policy::is_invisible(point) || policy::acts_on_display(point));
}

std::size_t octets_of_point(std::string_view text) {
  std::uint32_t point = 0;
  return read_point(text, point);
}

// What stands in front: a blank where nothing does that could be seen, or something that was written %XX, as
// in links.
char before(std::string_view text, std::size_t at) {
  if (at == 0) return ' ';
  std::size_t point = at - 1;
  while (point > 0 && at - point < 4 && (static_cast<unsigned char>(text[point]) & 0xc0) == 0x80) --point;
  if (!is_seen(text.substr(point, at - point))) return ' ';
  if (at >= 3 && text[at - 3] == '%' && is_hex(text[at - 2]) && is_hex(text[at - 1])) return ' ';
  return text[at - 1];
}

// Whether a domain that ends there is not the front of a longer one.
bool ends_domain(std::string_view text, std::size_t end) {
  const std::string_view rest = text.substr(end);
  if (rest.empty() || !is_seen(rest.substr(0, octets_of_point(rest)))) return true;
  if (is_letter_or_digit(rest[0]) || rest[0] == '-') return false;
  return rest.size() == 1 || rest[0] != '.' || !is_letter_or_digit(rest[1]);
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
    : local_(to_lower(local)), domain_(to_lower(domain)) {}

bool AddressInText::is_domain_behind(std::string_view text, std::size_t end, char before) const {
  for (const std::string_view between : kBetween) {
    if (!has_at(text, end, between)) continue;
    const std::size_t begin = end + between.size();
    if (!has_at(text, begin, domain_) || !ends_domain(text, begin + domain_.size())) continue;
    // In an address, anything in front would be a part of the name; elsewhere there may be "bounce+".
    const bool goes_on =
        between == "@" ? is_atom_character(before) : is_letter_or_digit(before) || before == '.';
    if (!goes_on) return true;
  }
  return false;
}

bool AddressInText::is_domain_before(std::string_view text, std::size_t begin, std::size_t end) const {
  if (begin < domain_.size() + 1) return false;
  const char between = text[begin - 1];
  const std::size_t its = begin - 1 - domain_.size();
  if ((between != '=' && between != '!') || !has_at(text, its, domain_)) return false;
  const char front = before(text, its);
  if (is_letter_or_digit(front) || front == '-' || front == '.') return false;
  return end == text.size() || !is_atom_character(text[end]);
}

std::optional<AddressInText::Found> AddressInText::at(std::string_view text, std::size_t begin) const {
  if (text[begin] == '"') {
    const auto quoted = quoted_at(text, begin);
    if (quoted && equal_nocase(quoted->meant, local_) && is_domain_behind(text, begin + quoted->size, ' '))
      return Found{begin, quoted->size};
  }
  if (!has_at(text, begin, local_)) return std::nullopt;
  const std::size_t end = begin + local_.size();
  if (is_domain_behind(text, end, before(text, begin)) || is_domain_before(text, begin, end))
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
