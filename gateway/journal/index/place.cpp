#include "gateway/journal/index/place.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

namespace gateway::journal::index {
namespace {

constexpr unsigned kLineBits = 24;
constexpr std::int64_t kLines = std::int64_t{1} << kLineBits;
constexpr std::int64_t kFarthest = std::int64_t{1} << 38;  // seconds: whatever year a line tells
constexpr std::int64_t kFarthestDay = 10'000'000;

std::optional<std::int64_t> take_number(std::string_view& text, std::int64_t least, std::int64_t most) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < least || number > most) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

bool take_dot(std::string_view& text) {
  if (!text.starts_with('.')) return false;
  text.remove_prefix(1);
  return true;
}

std::int64_t line_of(RowNumber row) { return row & (kLines - 1); }

}  // namespace

RowNumber row_number(Day day, Time time, std::uint64_t line) {
  const std::int64_t second = std::clamp((time - day).count(), -kFarthest, kFarthest);
  return second * kLines + static_cast<std::int64_t>(line % static_cast<std::uint64_t>(kLines));
}

Time Place::time() const { return day + std::chrono::seconds(row >> kLineBits); }

std::string Place::text() const {
  return fmt::format("{}.{}.{}", time().time_since_epoch().count(), line_of(row),
                     day.time_since_epoch().count());
}

std::optional<Place> Place::parse(std::string_view text) {
  const auto seconds = take_number(text, -kFarthest, kFarthest);
  if (!seconds || !take_dot(text)) return std::nullopt;
  const auto line = take_number(text, 0, kLines - 1);
  if (!line || !take_dot(text)) return std::nullopt;
  const auto days = take_number(text, 0, kFarthestDay);
  if (!days || !text.empty()) return std::nullopt;
  const Day day{std::chrono::days(*days)};
  return Place{day, row_number(day, Time(std::chrono::seconds(*seconds)), static_cast<std::uint64_t>(*line))};
}

std::strong_ordering operator<=>(const Place& a, const Place& b) {
  if (const auto order = a.time() <=> b.time(); order != 0) return order;
  if (const auto order = a.day <=> b.day; order != 0) return order;
  return a.row <=> b.row;
}

RowRange rows_between(Day day, std::optional<Time> since, std::optional<Time> until,
                      const std::optional<Place>& behind) {
  RowRange range{std::numeric_limits<RowNumber>::min(), std::numeric_limits<RowNumber>::max()};
  if (since) range.first = row_number(day, *since, 0);
  if (until) range.last = row_number(day, *until, kLines - 1);
  if (!behind) return range;
  RowNumber last = behind->row - 1;  // of the same file
  if (day < behind->day)
    last = row_number(day, behind->time(), kLines - 1);
  else if (day > behind->day)
    last = row_number(day, behind->time(), 0) - 1;
  range.last = std::min(range.last, last);
  return range;
}

}  // namespace gateway::journal::index
