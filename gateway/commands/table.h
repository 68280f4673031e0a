#pragma once
// A table for people: on a terminal it has columns that fit its width; in a file or pipe the whole values,
// with a tab between two.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/journal/page.h"

namespace gateway::commands {

class Table {
 public:
  using Tone = journal::Page::Tone;
  struct Column {
    std::string_view name;
    unsigned least;      // columns of the terminal, below which it is left out …
    unsigned most;       // … and beyond which it never grows
    unsigned rank;       // in which order they are left out: the highest first; 0: never
    bool whole = false;  // its values are never cut: what does not fit makes new widths
    bool shown = true;
    std::size_t width = 0;
  };
  static constexpr unsigned kAny = 1000;

  // The cell number `toned` takes the tone of its line.
  Table(std::vector<Column> columns, std::size_t toned, journal::PageStyle style)
      : columns_(std::move(columns)), toned_(toned), style_(style) {}

  // Cells are printable, and as many as there are columns.
  void add(std::vector<std::string> cells, Tone tone = Tone::plain);
  std::size_t waiting() const { return lines_.size(); }
  // What was added since, in the order it was; the first time with the names of the columns.  Their widths
  // are those that suit what is printed then, until a value comes that must be whole and is wider.
  std::string take();

 private:
  struct Line {
    std::vector<std::string> cells;
    Tone tone = Tone::plain;
  };

  void choose_widths();
  bool fits() const;
  void print(const Line& line, std::string& out, bool head) const;

  std::vector<Column> columns_;
  const std::size_t toned_;
  const journal::PageStyle style_;
  std::vector<Line> lines_;
  bool begun_ = false;
};

// Local; without the year on a terminal that is narrow.
std::string time_cell(Time when, const journal::PageStyle& style);

}  // namespace gateway::commands
