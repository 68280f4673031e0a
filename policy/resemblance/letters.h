#pragma once
// What letters look like, and what is left of them without their marks.  Tables of our own, in the spirit of
// UTS 39.

#include <cstdint>
#include <string_view>

namespace policy::resemblance {

// A Latin letter without its marks, lower case: "e" of É, "ss" of ß; empty for what is none (ASCII included).
std::string_view unmarked(std::uint32_t point);

// The ASCII character that one outside ASCII is taken for, lower case: 'a' for a Cyrillic а, '.' for an
// ideographic full stop, a blank for other spaces and for quotation marks; 0 for what looks like none.
char alike(std::uint32_t point);

// A combining mark, which stands over or under the letter in front of it.
bool is_mark(std::uint32_t point);

// A Latin, Greek, Cyrillic or Armenian capital in lower case, ASCII not; everything else as it is.
std::uint32_t lower(std::uint32_t point);

}  // namespace policy::resemblance
