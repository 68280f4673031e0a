#include "policy/facts/text.h"

#include <cstdint>
#include <cstring>

#include "policy/facts/octet_block.h"
#include "policy/facts/utf8.h"

namespace policy::inline facts {
namespace {

// Visible ASCII and spaces.
bool is_plain(char c) { return c >= 0x20 && c < 0x7f; }
OctetBlock not_plain(OctetBlock block) {
  return above_ascii(block) | below(block, 0x20) | equal_to(block, 0x7f);
}

// How many plain octets are at the front.  Looks no further than to the block of the first other one.
std::size_t plain_run(std::string_view text) {
  std::size_t run = 0;
  while (text.size() - run >= sizeof(OctetBlock) && none_odd(text.substr(run, sizeof(OctetBlock)), not_plain))
    run += sizeof(OctetBlock);
  while (run < text.size() && is_plain(text[run])) ++run;
  return run;
}

constexpr std::size_t kWord = sizeof(std::uint64_t);
constexpr std::uint64_t in_each(unsigned char octet) { return octet * 0x0101010101010101u; }

std::uint64_t load_word(const char* from) {
  std::uint64_t word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

// Eight octets of each.
bool equal_nocase(std::uint64_t a, std::uint64_t b) {
  const std::uint64_t differ = a ^ b;
  if (differ == 0) return true;
  if (differ & ~in_each(0x20)) return false;
  // Only the bit of the case differs; where it does, there must be letters.
  const std::uint64_t lower = (a | in_each(0x20)) & in_each(0x7f);
  const std::uint64_t from_a = lower + in_each(0x80 - 'a');
  const std::uint64_t beyond_z = lower + in_each(0x80 - 'z' - 1);
  const std::uint64_t letters = from_a & ~beyond_z & ~a & in_each(0x80);
  return ((differ << 2) & ~letters) == 0;
}

}  // namespace

std::string to_lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) { return to_lower(c); });
  return lower;
}

bool equal_nocase(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  if (a.size() < kWord)
    return std::equal(a.begin(), a.end(), b.begin(),
                      [](char x, char y) { return to_lower(x) == to_lower(y); });
  const std::size_t last = a.size() - kWord;
  for (std::size_t i = 0; i < last; i += kWord)
    if (!equal_nocase(load_word(a.data() + i), load_word(b.data() + i))) return false;
  return equal_nocase(load_word(a.data() + last), load_word(b.data() + last));  // some of it once more
}

bool starts_with_nocase(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && equal_nocase(text.substr(0, prefix.size()), prefix);
}

bool is_ascii(std::string_view text) {
  // Bodies are long: without a way out of it, the compiler makes the inner loop one of its widest registers.
  constexpr std::size_t kBlock = 256;
  for (; text.size() >= kBlock; text.remove_prefix(kBlock)) {
    unsigned char any = 0;
    for (std::size_t i = 0; i < kBlock; ++i) any |= static_cast<unsigned char>(text[i]);
    if (any >= 0x80) return false;
  }
  return none_odd(text, above_ascii);
}

bool is_valid_utf8(std::string_view text) {
  if (is_ascii(text)) return true;
  while (!text.empty()) {
    std::uint32_t point = 0;
    const std::size_t length = read_point(text, point);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string_view trim(std::string_view text, std::string_view what) {
  const auto first = text.find_first_not_of(what);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(what) - first + 1);
}

std::string printable(std::string_view text, std::size_t most) {
  constexpr char kHex[] = "0123456789abcdef";
  if (text.size() <= most && none_odd(text, not_plain)) return std::string(text);  // most are
  std::string out;
  out.reserve(std::min(text.size(), most));
  while (!text.empty()) {
    if (out.size() >= most) return out += "…";
    if (const std::size_t run = plain_run(text.substr(0, most - out.size())); run > 0) {
      out += text.substr(0, run);
      text.remove_prefix(run);
      continue;
    }
    std::uint32_t point = 0;
    std::size_t length = read_point(text, point);
    if (length != 0 && !acts_on_display(point)) {
      out += text.substr(0, length);
    } else {
      length = std::max<std::size_t>(length, 1);
      for (char c : text.substr(0, length)) {
        out += "\\x";
        out += kHex[static_cast<unsigned char>(c) >> 4];
        out += kHex[static_cast<unsigned char>(c) & 15];
      }
    }
    text.remove_prefix(length);
  }
  return out;
}

}  // namespace policy::inline facts
