#include "gateway/journal/json_writer.h"

#include <cmath>
#include <limits>

#include "gateway/vocabulary.h"
#include "policy/facts/hex.h"
#include "policy/facts/octet_block.h"
#include "policy/facts/utf8.h"

namespace gateway::journal {
namespace {

constexpr std::size_t kEscape = 6;   // octets of the longest, of a control octet
constexpr std::size_t kNumber = 32;  // octets of the longest

bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

}  // namespace

void JsonWriter::escape(char c) {
  out_.ensure(kEscape);
  switch (c) {
    case '"':
    case '\\': out_.put('\\'), out_.put(c); return;
    case '\b': out_.put("\\b"); return;
    case '\f': out_.put("\\f"); return;
    case '\n': out_.put("\\n"); return;
    case '\r': out_.put("\\r"); return;
    case '\t': out_.put("\\t"); return;
    default: escape(static_cast<std::uint32_t>(static_cast<unsigned char>(c)));
  }
}

// Of the basic plane, as all of them are that need it.
void JsonWriter::escape(std::uint32_t point) {
  out_.ensure(kEscape);
  out_.put("\\u");
  for (unsigned shift = 16; shift > 0; shift -= 4) out_.put(kHexDigits[point >> (shift - 4) & 15]);
}

// Opens the quotes, and closes them where the text stands as it is.  False: it is to be written, and they are
// to be closed.
bool JsonWriter::quoted_as_it_is(std::string_view octets) {
  separate(octets.size() + 2);
  out_.put('"');
  if (!out_.put_none_odd(octets, not_quoted)) return false;
  out_.put('"');
  return true;
}

// The octets at the front that stand for themselves.
void JsonWriter::take_run(std::string_view& octets) {
  const std::size_t run = find_odd(octets, not_quoted);
  out_.ensure(run);
  out_.put(octets.substr(0, run));
  octets.remove_prefix(run);
}

void JsonWriter::write_text(std::string_view utf8) {
  for (take_run(utf8); !utf8.empty(); take_run(utf8)) {
    if (is_ascii(utf8.front())) {
      escape(utf8.front());
      utf8.remove_prefix(1);
      continue;
    }
    std::uint32_t point = 0;
    const std::size_t length = policy::read_point(utf8, point);
    if (policy::acts_on_display(point)) {
      escape(point);
    } else {
      out_.ensure(length);
      out_.put(utf8.substr(0, length));
    }
    utf8.remove_prefix(length);
  }
}

void JsonWriter::write_octets(std::string_view octets) {
  for (take_run(octets); !octets.empty(); take_run(octets)) {
    const auto octet = static_cast<unsigned char>(octets.front());
    if (is_ascii(octets.front())) {
      escape(octets.front());
    } else if (policy::acts_on_display(octet)) {
      escape(std::uint32_t{octet});
    } else {
      out_.ensure(2);
      out_.put(static_cast<char>(0xc0 | octet >> 6));
      out_.put(static_cast<char>(0x80 | (octet & 0x3f)));
    }
    octets.remove_prefix(1);
  }
}

void JsonWriter::close_quotes() {
  out_.ensure(1);
  out_.put('"');
}

JsonWriter& JsonWriter::text(std::string_view octets) {
  if (quoted_as_it_is(octets)) return *this;
  if (is_valid_utf8(octets))
    write_text(octets);
  else
    write_text(printable(octets, std::numeric_limits<std::size_t>::max()));
  close_quotes();
  return *this;
}

JsonWriter& JsonWriter::octets(std::string_view octets) {
  if (quoted_as_it_is(octets)) return *this;
  write_octets(octets);
  close_quotes();
  return *this;
}

JsonWriter& JsonWriter::number(double value) {
  if (!std::isfinite(value)) return null();
  constexpr double kExact = 9007199254740992.0;  // 2^53
  if (std::trunc(value) == value && std::abs(value) <= kExact)
    return integer(static_cast<std::int64_t>(value));
  separate(kNumber);
  out_.put_number(value);
  return *this;
}

JsonWriter& JsonWriter::integer(std::int64_t value) {
  separate(kNumber);
  out_.put_number(value);
  return *this;
}

JsonWriter& JsonWriter::seconds(double value) {
  separate(kNumber);
  out_.put_decimal(value, 6);
  return *this;
}

}  // namespace gateway::journal
