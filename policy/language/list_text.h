#pragma once
// The text of a list file: one entry a line.  A '#' at the beginning of a line or behind white space begins a
// comment; elsewhere it is part of the entry.  The comment behind an entry may say when it ends.

#include <optional>
#include <string_view>

#include "policy/facts/value.h"

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

// What the comment behind an entry says: "until 2026-06-01T12:00:00Z: note", "until 2026-06-01", or a note.
struct EntryComment {
  std::optional<Time> until;  // the entry counts before it, and not from then on
  std::string_view note;
  bool unclear = false;  // begins as an end does and is none: the entry does not end
};
EntryComment read_comment(std::string_view comment);

}  // namespace policy::language
