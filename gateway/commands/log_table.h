#pragma once
// The list that `postern log` prints: a line for each record.  On a terminal it has columns that fit its
// width; in a file or pipe the whole values, with a tab between two.

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/journal/index/row.h"
#include "gateway/journal/page.h"

namespace gateway::commands {

class LogTable {
 public:
  LogTable(bool sessions, journal::PageStyle style);

  void add(const journal::index::Row& row);
  std::size_t waiting() const { return lines_.size(); }
  // What was added since, in the order it was; the first time with the names of the columns.  Their widths
  // are those that suit what is printed then.
  std::string take();

 private:
  using Tone = journal::Page::Tone;
  struct Column {
    std::string_view name;
    unsigned least;  // columns of the terminal, below which it is left out …
    unsigned most;   // … and beyond which it never grows
    unsigned rank;   // in which order they are left out: the highest first
    bool shown = true;
    std::size_t width = 0;
  };
  struct Line {
    std::vector<std::string> cells;
    Tone tone = Tone::plain;  // of the cell kToned
  };

  void choose_widths();
  void print(const Line& line, std::string& out, bool head) const;

  const bool sessions_;
  const journal::PageStyle style_;
  std::vector<Column> columns_;
  std::vector<Line> lines_;
  bool begun_ = false;
};

}  // namespace gateway::commands
