#pragma once
// The order in which records are told: by the second a transaction began in, then by the file and the line
// they stand in.  A place in it stays what it is while records are added: pages go on behind one.

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/vocabulary.h"

namespace gateway::journal::index {

using Day = std::chrono::sys_days;

// In a day's file: the second since the day's midnight (negative for the evening before), and behind it the
// number of the line, so that rows are sorted by time.
using RowNumber = std::int64_t;

// `line` is counted from the beginning of the file; what is more than 2^24 begins again at 0.
RowNumber row_number(Day day, Time time, std::uint64_t line);

struct Place {
  Day day;  // of the file
  RowNumber row = 0;

  Time time() const;
  std::string text() const;                                  // letters, digits and dots
  static std::optional<Place> parse(std::string_view text);  // as text() has it
  friend std::strong_ordering operator<=>(const Place& a, const Place& b);
  friend bool operator==(const Place& a, const Place& b) = default;
};

struct RowRange {  // both are in it
  RowNumber first, last;
  bool has(RowNumber row) const { return row >= first && row <= last; }
};

// The rows of a day's file that stand in a period (both seconds are in it) and are older than `behind`.
RowRange rows_between(Day day, std::optional<Time> since, std::optional<Time> until,
                      const std::optional<Place>& behind);

}  // namespace gateway::journal::index
