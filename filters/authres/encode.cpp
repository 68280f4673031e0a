#include "filters/authres/encode.h"

#include <fmt/format.h>

#include <algorithm>

#include "policy/facts/octet_block.h"
#include "policy/facts/text.h"

#include "filters/authres/syntax.h"

namespace filters::authres {
namespace {

using namespace policy::facts;

constexpr std::size_t kUsualOctets = 512;  // of the field, and more: room is made at once

// Octets that are a token wherever they stand: fewer than RFC 2045 §5.1 allows, so that no reader stumbles.
bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_alnum(c) || c == '.' || c == '-' || c == '_' || c == '+';
  });
}

// RFC 8601 §2.2: a property's value may be an address as it is.
bool is_address(std::string_view text) {
  const auto at = text.find('@');
  return at != text.npos && (at == 0 || is_token(text.substr(0, at))) && is_token(text.substr(at + 1));
}

bool is_property(std::string_view name) {
  const auto dot = name.find('.');
  return dot == name.npos ? is_keyword(name) && !equal_nocase(name, "reason")
                          : is_keyword(name.substr(0, dot)) && is_keyword(name.substr(dot + 1));
}

bool is_printable_ascii(std::string_view text) {
  return none_odd(
      text, [](OctetBlock block) { return above_ascii(block) | below(block, 0x20) | equal_to(block, 0x7f); });
}

// Printable, and at most `most` octets with the mark of the cut: as it is, mostly; else made in `room`, which
// may hold it.  Done again it changes nothing.
std::string_view safe(std::string_view text, std::size_t most, bool utf8, std::string& room) {
  if (text.size() <= most && is_printable_ascii(text)) return text;
  room = printable(text.substr(0, most + 4), 8 * most);  // nothing gets shorter
  if (!utf8)
    std::ranges::replace_if(
        room, [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '?');
  if (room.size() <= most) return room;
  std::size_t end = most - 3;
  while (end > 0 && (static_cast<unsigned char>(room[end]) & 0xc0) == 0x80) --end;  // no half character
  room.resize(end);
  return room += utf8 ? "…" : "...";
}

void append_quoted(std::string& out, std::string_view text) {
  const auto is_odd = [](OctetBlock block) { return equal_to(block, '"') | equal_to(block, '\\'); };
  out += '"';
  if (none_odd(text, is_odd)) {
    out += text;
  } else {
    out.reserve(out.size() + text.size() + 8);  // and some backslashes
    for (const char c : text) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
  }
  out += '"';
}

// Without blanks but single spaces between words, so that it can be folded at any of them: as it is, mostly;
// else made in `room`.
std::string_view one_line(std::string_view text, std::string& room) {
  const bool has_controls = !none_odd(text, [](OctetBlock block) { return below(block, 0x20); });
  if (!has_controls && !text.starts_with(' ') && !text.ends_with(' ') && text.find("  ") == text.npos)
    return text;
  room.clear();
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
    if (!blank) room += c;
    if (blank && !room.empty() && room.back() != ' ') room += ' ';
  }
  if (room.ends_with(' ')) room.pop_back();
  return room;
}

}  // namespace

// A fold keeps the space, as those inside a reason belong to it.  A line leaves room for the semicolon.
Encoder::Encoder(std::string& field, std::string_view authserv_id, bool utf8, unsigned version)
    : field_(field), words_(field, {.fold = "\r\n ", .indent = 1, .longest = kLineLength - 1}), utf8_(utf8) {
  field_.reserve(kUsualOctets);
  field_ = "Authentication-Results: ";
  field_ += value(authserv_id, false);
  if (version != 1) field_ += fmt::format(" {}", version);
}

bool Encoder::result(std::string_view method, std::string_view result, std::string_view why,
                     unsigned method_version) {
  open_ = is_keyword(method) && is_keyword(result);
  if (!open_) return false;
  any_ = true;
  field_ += ';';
  words_.end_line();
  if (method_version == 1)
    words_.word({method, "=", result});
  else
    words_.word({method, "/", fmt::format_int(method_version).c_str(), "=", result});
  if (!trim(why).empty()) reason(why);
  return true;
}

void Encoder::reason(std::string_view text) {
  text = safe(one_line(text.substr(0, 4 * kLongestReason), text_), kLongestReason, utf8_, text_);
  quoted_ = "reason=";
  append_quoted(quoted_, text);
  for (std::string_view rest = quoted_; !rest.empty();) {
    const auto space = rest.find(' ');
    words_.word({rest.substr(0, space)});
    rest = space == rest.npos ? std::string_view{} : rest.substr(space + 1);
  }
}

void Encoder::property(std::string_view name, std::string_view text) {
  if (open_ && is_property(name)) words_.word({name, "=", value(text, true)});
}

void Encoder::end() {
  if (!any_) field_ += "; none";
  field_ += "\r\n";
}

// As it is, mostly; else what is made of it in our room.
std::string_view Encoder::value(std::string_view text, bool may_be_address) {
  const auto is_bare = [may_be_address](std::string_view octets) {
    return is_token(octets) || (may_be_address && is_address(octets));
  };
  if (text.size() <= kLongestValue && is_bare(text)) return text;
  text = safe(text, kLongestValue, utf8_, text_);
  if (is_bare(text)) return text;
  quoted_.clear();
  append_quoted(quoted_, text);
  return quoted_;
}

std::string encode(const AuthenticationResults& results, bool utf8) {
  std::string field;
  Encoder encoder(field, results.authserv_id, utf8, results.version);
  for (const Resinfo& resinfo : results.resinfos) {
    if (!encoder.result(resinfo.method, resinfo.result, resinfo.reason, resinfo.method_version)) continue;
    for (const Property& property : resinfo.properties)
      encoder.property(property.ptype.empty() ? property.name : property.ptype + '.' + property.name,
                       property.value);
  }
  encoder.end();
  return field;
}

}  // namespace filters::authres
