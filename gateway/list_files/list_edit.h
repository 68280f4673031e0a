#pragma once
// Changes the text of a list file as a careful person does: one line comes, goes or gets another end, and all
// others stay octet for octet, comments and order included.  Pure.

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/vocabulary.h"
#include "policy/list_entry.h"

namespace gateway::list_files {

using Kind = policy::EntryList::Kind;

struct Line {
  unsigned number = 0;  // in the file, from 1
  std::string entry;    // as it is written
  std::optional<Time> until;
  std::string note;
  bool ended = false;  // does not count any more
};

struct Wanted {
  std::string entry;
  std::optional<Time> until;        // nothing: it stays
  std::optional<std::string> note;  // nothing: the one that is there
};

// Why it cannot be added to a list of these kinds, or looked for in it; empty: it can.
std::string why_no_entry(std::string_view entry, const std::vector<Kind>& kinds);
// Why it cannot stand behind an entry; empty: it can.
std::string why_no_note(std::string_view note);

// Each line with an entry.
void each_entry(std::string_view text, Time now, const std::function<void(Line)>& take);

// Looks for an entry among lines.
class Search {
 public:
  // `entry` is one of that kind: see why_no_entry().
  Search(Kind kind, std::string_view entry) : kind_(kind), wanted_(policy::ListEntry::parse(kind, entry)) {}
  void look(const Line& line);

  const std::vector<Line>& same() const { return same_; }  // lines with that entry, ended ones too
  // That count and hold it: a wider network, a domain above, "@domain".
  const std::vector<Line>& covering() const { return covering_; }

 private:
  const Kind kind_;
  const std::optional<policy::ListEntry> wanted_;
  std::vector<Line> same_;
  std::vector<Line> covering_;
};

struct Change {
  std::string text;           // the new one
  bool changed = false;       // no: nothing had to be done, and `text` is as it was
  std::vector<Line> before;   // the lines of that entry, as they were
  std::size_t taken_out = 0;  // entries that counted and are gone
  std::size_t dropped = 0;    // other entries, ended for long, whose lines went as well
};

// An entry that is there gets the end and the note that are wanted; a new one comes last.
Change add(std::string_view text, Kind kind, const Wanted& wanted, Time now);
// A file that would be left without a word gets a comment, which says that it is meant to be so.
Change remove(std::string_view text, Kind kind, std::string_view entry, Time now);

}  // namespace gateway::list_files
