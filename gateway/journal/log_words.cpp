#include "gateway/journal/log_words.h"

#include "gateway/vocabulary.h"
#include "policy/facts/octet_block.h"

namespace gateway::journal {
namespace {

constexpr std::size_t kLongest = 256;  // octets of a value, but for "…" and the backslashes
constexpr std::size_t kNumber = 32;    // octets of the longest

// What does not stand as it is: all but letters, digits and @.-_+:/<>[]!#$%&*?~.
OctetBlock not_plain(OctetBlock block) {
  return below_or_above_ascii(block, 0x21) | equal_to(block, 0x7f) | within(block, '\'', ')') |
         within(block, '{', '}') | equal_to(block, '"') | equal_to(block, ',') | equal_to(block, ';') |
         equal_to(block, '=') | equal_to(block, '\\') | equal_to(block, '^') | equal_to(block, '`');
}

}  // namespace

LogWords& LogWords::word(std::string_view name, std::initializer_list<std::string_view> pieces) {
  std::size_t size = 0;
  for (const std::string_view piece : pieces) size += piece.size();
  line_.ensure(name.size() + size);
  line_.put(name);
  const std::size_t before = line_.size();
  bool plain = size <= kLongest;
  for (const std::string_view piece : pieces) plain = plain && line_.put_none_odd(piece, not_plain);
  if (plain) return *this;
  line_.cut(before);
  std::string odd;
  for (const std::string_view piece : pieces) odd += piece;
  append_quoted(odd);
  return *this;
}

LogWords& LogWords::quoted(std::string_view name, std::string_view text) {
  line_.ensure(name.size());
  line_.put(name);
  append_quoted(text);
  return *this;
}

void LogWords::append_quoted(std::string_view text) {
  line_.ensure(text.size() + 2);
  line_.put('"');
  if (text.size() > kLongest || !line_.put_none_odd(text, not_quoted)) {
    const std::string shown = printable(text, kLongest);
    line_.ensure(2 * shown.size() + 1);
    for (const char c : shown) {
      if (c == '"' || c == '\\') line_.put('\\');
      line_.put(c);
    }
  }
  line_.put('"');
}

LogWords& LogWords::number(std::string_view name, std::uint64_t value) {
  line_.ensure(name.size() + kNumber);
  line_.put(name);
  line_.put_number(value);
  return *this;
}

LogWords& LogWords::seconds(std::string_view name, double value) {
  line_.ensure(name.size() + kNumber);
  line_.put(name);
  line_.put_decimal(value, 2);
  return *this;
}

}  // namespace gateway::journal
