#pragma once
// The text of a list file: one entry a line.  A '#' at the beginning of a line or behind white space begins a
// comment; elsewhere it is part of the entry.

#include <string_view>

namespace policy::language {

struct ListLine {
  unsigned number = 0;       // from 1
  unsigned column = 0;       // of the entry, from 1, in octets
  std::string_view whole;    // without its line end
  std::string_view entry;    // empty: none on this line
  std::string_view comment;  // behind the '#', trimmed
};

// Takes the next line off the front of `rest`.  False when there is none.  `line` is the one before it, or
// new.
bool next_line(std::string_view& rest, ListLine& line);

}  // namespace policy::language
