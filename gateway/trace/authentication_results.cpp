#include "gateway/trace/authentication_results.h"

#include <algorithm>
#include <array>

#include "gateway/trace/word_folder.h"

namespace gateway::trace {
namespace {

constexpr std::size_t kUsualOctets = 512;  // of the field, and more: room is made at once
constexpr std::size_t kLongestValue = 320;
constexpr std::size_t kLongestReason = 160;

// What the registry knows of our methods: others are for the journal.  IANA "Email Authentication Parameters"
struct Method {
  std::string_view name;
  std::array<std::string_view, 2> properties;  // that the identity judged may have
  std::string_view detail;                     // a detail worth telling …
  std::string_view detail_property;            // … and how it is called
};
constexpr std::array kMethods{Method{"spf", {"smtp.mailfrom", "smtp.helo"}, {}, {}},
                              Method{"dkim", {"header.d", "header.i"}, "selector", "header.s"},
                              Method{"dmarc", {"header.from", {}}, "policy", "policy.dmarc"},
                              Method{"arc", {}, {}, {}}};

bool is_alnum(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

// Octets that are a token wherever they stand: fewer than RFC 2045 §5.1 allows, so that no reader stumbles.
bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_alnum(c) || c == '.' || c == '-' || c == '_' || c == '+';
  });
}

// RFC 8601 §2.2: pvalue may be an address as it is.
bool is_address(std::string_view text) {
  const auto at = text.find('@');
  return at != text.npos && (at == 0 || is_token(text.substr(0, at))) && is_token(text.substr(at + 1));
}

void append_quoted(std::string& out, std::string_view text) {
  out.reserve(out.size() + text.size() + 8);  // and some backslashes
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

std::string safe(std::string_view text, std::size_t most, bool utf8) {
  std::string out = printable(text, most);
  const auto is_eight_bit = [](char c) { return static_cast<unsigned char>(c) >= 0x80; };
  if (!utf8 && !is_ascii(out)) std::ranges::replace_if(out, is_eight_bit, '?');
  return out;
}

// As it is, mostly; else what is made of it in `room`.
std::string_view value(std::string_view text, bool utf8, std::string& room) {
  if (text.size() <= kLongestValue && (is_token(text) || is_address(text))) return text;
  room.clear();
  append_quoted(room, safe(text, kLongestValue, utf8));
  return room;
}

// White space is made single spaces, so that the reason can be folded at any of them.
std::string reason(std::string_view text, bool utf8) {
  text = text.substr(0, 4 * kLongestReason);
  std::string line;
  line.reserve(text.size());
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
    if (!blank) line += c;
    if (blank && !line.empty() && line.back() != ' ') line += ' ';
  }
  std::string out = "reason=";
  append_quoted(out, safe(trim(line), kLongestReason, utf8));
  return out;
}

void add_foldable(WordFolder& words, std::string_view text) {
  while (!text.empty()) {
    const auto space = text.find(' ');
    words.word({text.substr(0, space)});
    text = space == text.npos ? std::string_view{} : text.substr(space + 1);
  }
}

void add_resinfo(WordFolder& words, const Method& method, const Evidence& evidence, bool utf8) {
  std::string room;
  words.word({method.name, "=", name(evidence.outcome)});
  if (!trim(evidence.reason).empty()) add_foldable(words, reason(evidence.reason, utf8));
  const bool known = std::find(method.properties.begin(), method.properties.end(), evidence.property) !=
                     method.properties.end();
  if (known && !evidence.property.empty() && !evidence.value.empty())
    words.word({evidence.property, "=", value(evidence.value, utf8, room)});
  if (method.detail.empty()) return;
  if (const std::string* detail = evidence.detail(method.detail); detail && !detail->empty())
    words.word({method.detail_property, "=", value(*detail, utf8, room)});
}

}  // namespace

std::string authentication_results(std::string_view authserv_id, std::span<const Evidence> evidence,
                                   bool utf8) {
  std::string room;
  std::string field;
  field.reserve(kUsualOctets);
  field = "Authentication-Results: ";
  field += value(authserv_id, utf8, room);
  // A fold keeps the space, as those inside a reason belong to it.  A line leaves room for the semicolon.
  WordFolder words(field, {.fold = "\r\n ", .indent = 1, .longest = kLineLength - 1});
  bool any = false;
  for (const Evidence& found : evidence) {
    const auto method = std::find_if(kMethods.begin(), kMethods.end(),
                                     [&](const Method& known) { return known.name == found.method; });
    if (method == kMethods.end()) continue;
    any = true;
    field += ';';
    words.end_line();  // each result on its own line
    add_resinfo(words, *method, found, utf8);
  }
  if (!any) field += "; none";
  field += "\r\n";
  return field;
}

}  // namespace gateway::trace
