#include "gateway/commands/table.h"

#include <algorithm>

#include "gateway/journal/columns.h"
#include "gateway/journal/local_time.h"

namespace gateway::commands {
namespace {

constexpr std::size_t kGap = 2;       // blanks between two columns
constexpr std::size_t kNarrow = 110;  // columns of a terminal on which the year is left out

}  // namespace

std::string time_cell(Time when, const journal::PageStyle& style) {
  return style.width != 0 && style.width < kNarrow ? journal::short_local_time(when)
                                                   : journal::local_time(when);
}

void Table::add(std::vector<std::string> cells, Tone tone) { lines_.push_back({std::move(cells), tone}); }

void Table::choose_widths() {
  std::size_t wanted = 0;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    Column& column = columns_[i];
    column.shown = true;
    std::size_t widest = column.name.size();
    for (const Line& line : lines_) widest = std::max(widest, journal::columns(line.cells[i]));
    column.width = std::min<std::size_t>(std::max<std::size_t>(widest, column.least), column.most);
  }
  const auto needed = [this](auto width) {
    std::size_t all = 0;
    for (const Column& column : columns_)
      if (column.shown) all += width(column) + kGap;
    return all - kGap;
  };
  const auto least = [](const Column& column) -> std::size_t {
    return column.rank == 0 || column.whole ? column.width
                                            : std::min<std::size_t>(column.least, column.width);
  };
  while (needed(least) > style_.width) {
    const auto last =
        std::ranges::max_element(columns_, {}, [](const Column& one) { return one.shown ? one.rank : 0; });
    if (last->rank == 0 || !last->shown) break;
    last->shown = false;
  }
  // The widest gives way first, so that what is short stays whole.
  while ((wanted = needed([](const Column& column) { return column.width; })) > style_.width) {
    const auto widest = std::ranges::max_element(
        columns_, {}, [&](const Column& one) { return one.shown && one.width > least(one) ? one.width : 0; });
    if (!widest->shown || widest->width <= least(*widest)) break;
    --widest->width;
  }
}

bool Table::fits() const {
  return std::ranges::all_of(lines_, [this](const Line& line) {
    for (std::size_t i = 0; i < columns_.size(); ++i)
      if (columns_[i].whole && columns_[i].shown && journal::columns(line.cells[i]) > columns_[i].width)
        return false;
    return true;
  });
}

void Table::print(const Line& line, std::string& out, bool head) const {
  const bool terminal = style_.width != 0;
  std::string text;
  std::size_t gap = 0;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const Column& column = columns_[i];
    if (!column.shown) continue;
    if (i > 0) terminal ? text.append(gap, ' ') : text.append("\t");
    const std::string cell = terminal ? journal::fitted(line.cells[i], column.width) : line.cells[i];
    const Tone tone = head ? Tone::title : i == toned_ ? line.tone : Tone::plain;
    text += journal::coloured(cell, tone, style_.colour);
    gap = kGap + column.width - std::min(column.width, journal::columns(cell));
  }
  if (terminal) text.erase(text.find_last_not_of(' ') + 1);
  out.append(text).append("\n");
}

std::string Table::take() {
  std::string out;
  if (!begun_) {
    if (style_.width != 0) choose_widths();
    Line names;
    for (const Column& column : columns_) names.cells.emplace_back(column.name);
    print(names, out, true);
    begun_ = true;
  } else if (style_.width != 0 && !fits()) {
    choose_widths();
  }
  for (const Line& line : lines_) print(line, out, false);
  lines_.clear();
  return out;
}

}  // namespace gateway::commands
