#include "gateway/journal/json_writer.h"

#include <charconv>
#include <cmath>
#include <limits>

#include "gateway/vocabulary.h"

namespace gateway::journal {
namespace {

constexpr char kHex[] = "0123456789abcdef";

bool stands_for_itself(char c) { return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\'; }

// Most text is: then it is looked at once.
bool is_plain(std::string_view text) {
  unsigned odd = 0;
  for (const char c : text)
    odd |= static_cast<unsigned>(!stands_for_itself(c)) | static_cast<unsigned>(c < 0);
  return odd == 0;
}

void escape(char c, std::string& out) {
  out.push_back('\\');
  switch (c) {
    case '"':
    case '\\': out.push_back(c); return;
    case '\b': out.push_back('b'); return;
    case '\f': out.push_back('f'); return;
    case '\n': out.push_back('n'); return;
    case '\r': out.push_back('r'); return;
    case '\t': out.push_back('t'); return;
    default:
      out.append("u00");
      out.push_back(kHex[static_cast<unsigned char>(c) >> 4]);
      out.push_back(kHex[static_cast<unsigned char>(c) & 15]);
  }
}

}  // namespace

void JsonWriter::separate() {
  if (comma_) out_.push_back(',');
  comma_ = true;
}

JsonWriter& JsonWriter::begin(char bracket) {
  separate();
  out_.push_back(bracket);
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::end(char bracket) {
  out_.push_back(bracket);
  comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  text(name);
  out_.push_back(':');
  comma_ = false;
  return *this;
}

void JsonWriter::quote(std::string_view utf8) {
  separate();
  out_.push_back('"');
  std::size_t begin = 0;
  for (std::size_t at = 0; at < utf8.size(); ++at) {
    if (stands_for_itself(utf8[at])) continue;
    out_.append(utf8, begin, at - begin);
    escape(utf8[at], out_);
    begin = at + 1;
  }
  out_.append(utf8, begin);
  out_.push_back('"');
}

JsonWriter& JsonWriter::text(std::string_view octets) {
  if (is_plain(octets)) {
    separate();
    out_.push_back('"');
    out_.append(octets);
    out_.push_back('"');
  } else if (is_valid_utf8(octets))
    quote(octets);
  else
    quote(printable(octets, std::numeric_limits<std::size_t>::max()));
  return *this;
}

JsonWriter& JsonWriter::octets(std::string_view octets) {
  separate();
  out_.push_back('"');
  for (const char c : octets) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet >= 0x80) {
      out_.push_back(static_cast<char>(0xc0 | octet >> 6));
      out_.push_back(static_cast<char>(0x80 | (octet & 0x3f)));
    } else if (stands_for_itself(c)) {
      out_.push_back(c);
    } else {
      escape(c, out_);
    }
  }
  out_.push_back('"');
  return *this;
}

JsonWriter& JsonWriter::number(double value) {
  if (!std::isfinite(value)) return null();
  constexpr double kExact = 9007199254740992.0;  // 2^53
  if (std::trunc(value) == value && std::abs(value) <= kExact)
    return integer(static_cast<std::int64_t>(value));
  separate();
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out_.append(digits, end);
  return *this;
}

JsonWriter& JsonWriter::integer(std::int64_t value) {
  separate();
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out_.append(digits, end);
  return *this;
}

JsonWriter& JsonWriter::boolean(bool value) {
  separate();
  out_.append(value ? "true" : "false");
  return *this;
}

JsonWriter& JsonWriter::null() {
  separate();
  out_.append("null");
  return *this;
}

}  // namespace gateway::journal
