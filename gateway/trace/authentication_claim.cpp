// Which foreign Authentication-Results could be taken for ours.  Readers differ in what they skip, so the
// value is read in several ways, and one that finds our name is enough.  RFC 8601 §5

#include <algorithm>
#include <optional>
#include <string>

#include "gateway/trace/authentication_results.h"
#include "gateway/trace/field_name.h"
#include "policy/facts/hex.h"

namespace gateway::trace {
namespace {

// Letters of a name; the dot is looked at apart.
bool is_name_char(char c) {
  c = to_lower(c);
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// One way to read a value: the part in front of the first result, in lower case.
struct Reading {
  std::string head;
  std::string parted;   // likewise, for who ends a name at a quotation mark: with a blank for each of them
  bool broken = false;  // a comment or a quoted string has no end
};

// As the RFC says: comments count as white space, quotes and backslashes are resolved.  RFC 5322 §3.2.2
Reading strict(std::string_view value) {
  Reading reading;
  const auto put = [&](char c) {
    reading.head += c;
    reading.parted += c;
  };
  unsigned depth = 0;
  bool in_quotes = false;
  for (std::size_t i = 0; i < value.size(); ++i) {
    char c = value[i];
    const bool escaped = c == '\\' && (depth != 0 || in_quotes || i + 1 < value.size());
    if (escaped && ++i == value.size()) break;
    if (escaped) c = value[i];
    if (depth != 0) {
      if (!escaped && c == '(') ++depth;
      if (!escaped && c == ')') --depth;
      continue;
    }
    if (!escaped && c == '"') {
      in_quotes = !in_quotes;
      reading.parted += ' ';
      continue;
    }
    if (!escaped && !in_quotes && c == '(') {
      depth = 1;
      put(' ');
      continue;
    }
    // A semicolon in front of everything is skipped: it ends nothing.
    if (!escaped && !in_quotes && c == ';') {
      if (!trim(reading.head).empty()) return reading;
      continue;
    }
    put(to_lower(c));
  }
  reading.broken = depth != 0 || in_quotes;
  return reading;
}

// As software reads that knows neither comments nor quotes: up to the semicolon.
std::string naive(std::string_view value) {
  value = trim(value, "; \t\r\n");
  return to_lower(value.substr(0, value.find(';')));
}

// `id` stands in `text` as a whole name, perhaps with dots around it.
bool mentions(std::string_view text, std::string_view id) {
  for (auto at = text.find(id); at != text.npos; at = text.find(id, at + 1)) {
    std::size_t first = at;
    std::size_t last = at + id.size();
    while (first > 0 && text[first - 1] == '.') --first;
    while (last < text.size() && text[last] == '.') ++last;
    if ((first == 0 || !is_name_char(text[first - 1])) && (last == text.size() || !is_name_char(text[last])))
      return true;
  }
  return false;
}

// A name written with U-labels; one that is no name at all could be read as anything.
bool mentions_unicode(std::string_view text, std::string_view id) {
  for (std::size_t at = 0; at < text.size();) {
    const auto first = std::find_if(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), is_name_char);
    const auto last = std::find_if_not(first, text.end(), [](char c) { return c == '.' || is_name_char(c); });
    const std::string_view word(first, last);
    at = static_cast<std::size_t>(last - text.begin());
    if (is_ascii(word)) continue;
    const auto domain = Domain::parse(word);
    if (!domain || domain->text() == id) return true;
  }
  return false;
}

// Without what some readers drop; behind our name a version number may follow then.
bool joined_is(std::string_view head, std::string_view id) {
  std::string joined;
  for (const char c : head)
    if (is_visible(c)) joined += c;
  std::string_view rest = joined;
  if (rest.size() == head.size()) return false;  // nothing dropped
  while (rest.starts_with('.')) rest.remove_prefix(1);
  if (!rest.starts_with(id)) return false;
  rest.remove_prefix(id.size());
  return rest.find_first_not_of(".0123456789") == rest.npos;
}

// As software reads that takes %2E for a dot.
std::string percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto octet = text[i] == '%' ? hex_octet(text, i + 1) : std::nullopt;
    decoded += octet ? to_lower(*octet) : text[i];
    if (octet) i += 2;
  }
  return decoded;
}

// The head that any reading gave.
bool names(std::string_view head, std::string_view id) {
  const auto found = [id](std::string_view text) {
    return mentions(text, id) || joined_is(text, id) || mentions_unicode(text, id);
  };
  return found(head) || (head.find('%') != head.npos && found(percent_decoded(head)));
}

}  // namespace

bool claims(const Field& field, std::string_view authserv_id) {
  if (LenientName(field).text() != kResultsName) return false;
  const std::string_view value = field.raw.substr(field.raw.find(':') + 1);
  const auto domain = Domain::parse(authserv_id);
  const std::string id = domain ? domain->text() : to_lower(trim(authserv_id));
  const Reading strictly = strict(value);
  // No name at all is read as "ours" by software that writes none; an encoded word is never honest.
  if (id.empty() || trim(strictly.head).empty() || strictly.head.find('=') != strictly.head.npos) return true;
  if (names(strictly.head, id) || names(strictly.parted, id) || names(naive(value), id)) return true;
  // Whatever a reader makes of a comment without end, our name must not come of it.
  return strictly.broken && names(to_lower(value), id);
}

}  // namespace gateway::trace
