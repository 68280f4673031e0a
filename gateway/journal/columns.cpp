#include "gateway/journal/columns.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "policy/facts/utf8.h"
#include "policy/resemblance/letters.h"

namespace gateway::journal {
namespace {

struct Range {
  std::uint32_t first, last;
};

// Wide and full-width characters, in the blocks that have them.  UAX 11
constexpr std::array kWide{
    Range{0x1100, 0x115f},   Range{0x231a, 0x231b},   Range{0x23e9, 0x23ec},   Range{0x25fd, 0x25fe},
    Range{0x2614, 0x2615},   Range{0x2648, 0x2653},   Range{0x26a1, 0x26a1},   Range{0x26bd, 0x26be},
    Range{0x26ce, 0x26ce},   Range{0x26d4, 0x26d4},   Range{0x2705, 0x2705},   Range{0x270a, 0x270b},
    Range{0x2728, 0x2728},   Range{0x274c, 0x274c},   Range{0x2753, 0x2755},   Range{0x2757, 0x2757},
    Range{0x2795, 0x2797},   Range{0x2b1b, 0x2b1c},   Range{0x2b50, 0x2b50},   Range{0x2e80, 0x303e},
    Range{0x3041, 0x33ff},   Range{0x3400, 0x4dbf},   Range{0x4e00, 0x9fff},   Range{0xa000, 0xa4cf},
    Range{0xa960, 0xa97f},   Range{0xac00, 0xd7a3},   Range{0xf900, 0xfaff},   Range{0xfe30, 0xfe6f},
    Range{0xff00, 0xff60},   Range{0xffe0, 0xffe6},   Range{0x1f300, 0x1f64f}, Range{0x1f680, 0x1f6ff},
    Range{0x1f900, 0x1f9ff}, Range{0x20000, 0x3fffd},
};

std::size_t columns_of(std::uint32_t point) {
  if (point < 0x80) return 1;
  if (policy::resemblance::is_mark(point) || policy::is_invisible(point)) return 0;
  return std::ranges::any_of(kWide, [&](const Range& one) { return point >= one.first && point <= one.last; })
             ? 2
             : 1;
}

// Octets and columns of the character at the front.
struct Character {
  std::size_t octets, columns;
};

Character first_of(std::string_view text) {
  std::uint32_t point = 0;
  const std::size_t octets = policy::read_point(text, point);
  return octets == 0 ? Character{1, 1} : Character{octets, columns_of(point)};
}

}  // namespace

std::size_t columns(std::string_view text) {
  std::size_t all = 0;
  while (!text.empty()) {
    const Character one = first_of(text);
    all += one.columns;
    text.remove_prefix(one.octets);
  }
  return all;
}

std::string fitted(std::string_view text, std::size_t most) {
  if (columns(text) <= most) return std::string(text);
  if (most == 0) return {};
  std::size_t taken = 0;
  std::size_t octets = 0;
  for (std::string_view rest = text; !rest.empty();) {
    const Character one = first_of(rest);
    if (taken + one.columns > most - 1) break;
    taken += one.columns;
    octets += one.octets;
    rest.remove_prefix(one.octets);
  }
  return std::string(text.substr(0, octets)) + "…";
}

}  // namespace gateway::journal
