#include "gateway/commands/log_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "gateway/journal/columns.h"
#include "gateway/journal/local_time.h"
#include "gateway/vocabulary.h"

namespace gateway::commands {
namespace {

constexpr std::size_t kLongest = 500;  // octets of a value, but for its escapes
constexpr std::size_t kGap = 2;        // blanks between two columns
constexpr std::size_t kNarrow = 110;   // columns of a terminal on which the year is left out
constexpr std::size_t kToned = 2;      // the cell that says what came of it
constexpr unsigned kAny = 1000;

std::string shown(std::string_view text) { return printable(text, kLongest); }

std::string sender(std::string_view address) { return address.empty() ? "<>" : shown(address); }

std::string recipients(const journal::index::Row& row) {
  if (row.recipients.empty()) return {};
  std::string text = shown(row.recipients.front().address);
  if (row.recipients.size() > 1) text += fmt::format(" +{}", row.recipients.size() - 1);
  return text;
}

std::string client(const journal::index::Row& row) { return shown(row.ip); }

// "tag" is what an accepted message came with.
std::string verdict(const journal::index::Row& row) {
  return row.tagged && row.action == "accept" ? "tag" : shown(row.action);
}

journal::Page::Tone tone_of(std::string_view action) {
  using Tone = journal::Page::Tone;
  if (action == "accept" || action == "tag") return Tone::good;
  if (action == "reject") return Tone::bad;
  return action == "defer" || action == "quarantine" ? Tone::doubtful : Tone::plain;
}

}  // namespace

LogTable::LogTable(bool sessions, journal::PageStyle style) : sessions_(sessions), style_(style) {
  if (sessions)
    columns_ = {{"TIME", 20, 25, 0}, {"ID", 12, 12, 0},  {"ENDED", 5, 20, 0}, {"CLIENT", 9, 39, 1},
                {"HELO", 10, 40, 3}, {"SAID", 4, 12, 4}, {"RULE", 8, 24, 5},  {"REPLY", 16, kAny, 2}};
  else
    columns_ = {{"TIME", 20, 25, 0},  {"ID", 12, 12, 0},   {"VERDICT", 7, 10, 0}, {"RULE", 8, 24, 3},
                {"CLIENT", 9, 39, 4}, {"FROM", 13, 48, 1}, {"TO", 13, 48, 2},     {"SUBJECT", 12, kAny, 5}};
}

void LogTable::add(const journal::index::Row& row) {
  Line line;
  line.cells.push_back(style_.width != 0 && style_.width < kNarrow ? journal::short_local_time(row.time)
                                                                   : journal::local_time(row.time));
  line.cells.push_back(shown(row.id));
  if (sessions_) {
    line.cells.push_back(shown(row.ended));
    line.cells.push_back(client(row));
    line.cells.push_back(shown(row.helo));
    line.cells.push_back(fmt::format("{} {}", row.commands, shown(row.last_command)));
    line.cells.push_back(shown(row.rule));
    line.cells.push_back(shown(row.detail.empty() ? row.reply : row.detail));
  } else {
    line.cells.push_back(verdict(row));
    line.tone = tone_of(line.cells.back());
    line.cells.push_back(shown(row.rule));
    line.cells.push_back(client(row));
    line.cells.push_back(sender(row.sender));
    line.cells.push_back(recipients(row));
    line.cells.push_back(shown(row.subject));
  }
  lines_.push_back(std::move(line));
}

void LogTable::choose_widths() {
  std::size_t wanted = 0;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    Column& column = columns_[i];
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
    return column.rank == 0 ? column.width : std::min<std::size_t>(column.least, column.width);
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

void LogTable::print(const Line& line, std::string& out, bool head) const {
  const bool terminal = style_.width != 0;
  std::string text;
  std::size_t gap = 0;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const Column& column = columns_[i];
    if (!column.shown) continue;
    if (i > 0) terminal ? text.append(gap, ' ') : text.append("\t");
    const std::string cell = terminal ? journal::fitted(line.cells[i], column.width) : line.cells[i];
    const Tone tone = head ? Tone::title : i == kToned ? line.tone : Tone::plain;
    text += journal::coloured(cell, tone, style_.colour);
    gap = kGap + column.width - std::min(column.width, journal::columns(cell));
  }
  if (terminal) text.erase(text.find_last_not_of(' ') + 1);
  out.append(text).append("\n");
}

std::string LogTable::take() {
  std::string out;
  if (!begun_) {
    if (style_.width != 0) choose_widths();
    Line names;
    for (const Column& column : columns_) names.cells.emplace_back(column.name);
    print(names, out, true);
    begun_ = true;
  }
  for (const Line& line : lines_) print(line, out, false);
  lines_.clear();
  return out;
}

}  // namespace gateway::commands
