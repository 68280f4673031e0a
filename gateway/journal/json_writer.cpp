#include "gateway/journal/json_writer.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

#include "gateway/vocabulary.h"
#include "policy/facts/hex.h"
#include "policy/facts/octet_block.h"
#include "policy/facts/utf8.h"

namespace gateway::journal {
namespace {

constexpr std::size_t kEscape = 6;            // octets of the longest, of a control octet
constexpr std::size_t kNumber = 32;           // octets of the longest
constexpr std::size_t kUsual = 8 << 10;       // of a record, and more
constexpr std::size_t kMostSpare = 64 << 10;  // more is not kept for a record that may never come

bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

// Of ASCII.
bool stands_for_itself(char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; }

// Most text is: then it is looked at once.
bool is_plain(std::string_view text) {
  return none_odd(text, [](OctetBlock block) {
    return above_ascii(block) | below(block, 0x20) | equal_to(block, 0x7f) | equal_to(block, '"') |
           equal_to(block, '\\');
  });
}

}  // namespace

// A thread writes one record after the other: their room is the same.  A writer within another's life finds
// none and makes its own.
JsonWriter::Room& JsonWriter::spare() {
  thread_local Room room;
  return room;
}

JsonWriter::JsonWriter()
    : room_(std::exchange(spare(), {})), at_(room_.begin.get()), end_(at_ + room_.size) {}

JsonWriter::~JsonWriter() {
  if (room_.size <= kMostSpare) spare() = std::move(room_);
}

void JsonWriter::grow(std::size_t more) {
  const auto used = static_cast<std::size_t>(at_ - room_.begin.get());
  Room larger;
  larger.size = std::max({2 * room_.size, used + more, kUsual});
  larger.begin = std::make_unique_for_overwrite<char[]>(larger.size);
  std::copy_n(room_.begin.get(), used, larger.begin.get());
  room_ = std::move(larger);
  at_ = room_.begin.get() + used;
  end_ = room_.begin.get() + room_.size;
}

void JsonWriter::escape(char c) {
  ensure(kEscape);
  switch (c) {
    case '"':
    case '\\': put('\\'), put(c); return;
    case '\b': put("\\b"); return;
    case '\f': put("\\f"); return;
    case '\n': put("\\n"); return;
    case '\r': put("\\r"); return;
    case '\t': put("\\t"); return;
    default: escape(static_cast<std::uint32_t>(static_cast<unsigned char>(c)));
  }
}

// Of the basic plane, as all of them are that need it.
void JsonWriter::escape(std::uint32_t point) {
  ensure(kEscape);
  put("\\u");
  for (unsigned shift = 16; shift > 0; shift -= 4) put(kHexDigits[point >> (shift - 4) & 15]);
}

bool JsonWriter::quoted_as_it_is(std::string_view octets) {
  if (!is_plain(octets)) return false;
  separate(octets.size() + 2);
  put('"');
  put(octets);
  put('"');
  return true;
}

void JsonWriter::quote(std::string_view utf8) {
  separate(1);
  put('"');
  while (!utf8.empty()) {
    const auto run =
        static_cast<std::size_t>(std::ranges::find_if_not(utf8, stands_for_itself) - utf8.begin());
    ensure(run);
    put(utf8.substr(0, run));
    utf8.remove_prefix(run);
    if (utf8.empty()) break;
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
      ensure(length);
      put(utf8.substr(0, length));
    }
    utf8.remove_prefix(length);
  }
  ensure(1);
  put('"');
}

JsonWriter& JsonWriter::text(std::string_view octets) {
  if (quoted_as_it_is(octets)) return *this;
  if (is_valid_utf8(octets))
    quote(octets);
  else
    quote(printable(octets, std::numeric_limits<std::size_t>::max()));
  return *this;
}

JsonWriter& JsonWriter::octets(std::string_view octets) {
  if (quoted_as_it_is(octets)) return *this;
  separate(1);
  put('"');
  for (const char c : octets) {
    const auto octet = static_cast<unsigned char>(c);
    if (stands_for_itself(c)) {
      ensure(1);
      put(c);
    } else if (is_ascii(c)) {
      escape(c);
    } else if (policy::acts_on_display(octet)) {
      escape(std::uint32_t{octet});
    } else {
      ensure(2);
      put(static_cast<char>(0xc0 | octet >> 6));
      put(static_cast<char>(0x80 | (octet & 0x3f)));
    }
  }
  ensure(1);
  put('"');
  return *this;
}

JsonWriter& JsonWriter::number(double value) {
  if (!std::isfinite(value)) return null();
  constexpr double kExact = 9007199254740992.0;  // 2^53
  if (std::trunc(value) == value && std::abs(value) <= kExact)
    return integer(static_cast<std::int64_t>(value));
  separate(kNumber);
  at_ = std::to_chars(at_, end_, value).ptr;
  return *this;
}

JsonWriter& JsonWriter::integer(std::int64_t value) {
  separate(kNumber);
  at_ = std::to_chars(at_, end_, value).ptr;
  return *this;
}

}  // namespace gateway::journal
