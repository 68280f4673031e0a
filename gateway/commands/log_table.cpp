#include "gateway/commands/log_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "gateway/journal/local_time.h"
#include "gateway/vocabulary.h"

namespace gateway::commands {
namespace {

constexpr std::size_t kLongest = 500;  // octets of a value, but for its escapes
constexpr std::size_t kWide = 110;     // columns of a terminal on which times are whole
constexpr std::size_t kToned = 2;      // the cell that says what came of it
constexpr unsigned kAny = Table::kAny;

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

journal::Page::Tone tone_of_result(std::string_view result) {
  using Tone = journal::Page::Tone;
  if (result == "begun") return Tone::plain;
  return result == "done" ? Tone::good : result == "partly" ? Tone::doubtful : Tone::bad;
}

std::vector<Table::Column> columns_of(LogTable::Of of) {
  if (of == LogTable::Of::sessions)
    return {{"TIME", 8, 25, 1, true}, {"ID", 12, 12, 0},  {"ENDED", 5, 20, 0}, {"CLIENT", 9, 39, 2},
            {"HELO", 10, 40, 4},      {"SAID", 4, 12, 5}, {"RULE", 8, 24, 6},  {"REPLY", 16, kAny, 3}};
  if (of == LogTable::Of::audits)
    return {{"TIME", 8, 25, 1, true}, {"ID", 12, 12, 0}, {"RESULT", 6, 10, 0},     {"WHAT", 7, 10, 0},
            {"WHO", 5, 30, 2},        {"VIA", 3, 12, 5}, {"RECIPIENT", 13, 48, 4}, {"SAID", 16, kAny, 3}};
  return {{"TIME", 8, 25, 1, true}, {"ID", 12, 12, 0},   {"VERDICT", 7, 10, 0}, {"RULE", 16, 24, 2},
          {"CLIENT", 9, 39, 5},     {"FROM", 10, 48, 3}, {"TO", 10, 48, 4},     {"SUBJECT", 12, kAny, 6}};
}

}  // namespace

LogTable::LogTable(Of of, journal::PageStyle style)
    : of_(of), style_(style), table_(columns_of(of), kToned, style) {}

// The rule and who it was need the room more on a terminal that is narrow.
std::string LogTable::shown_time(Time when) const {
  if (style_.width == 0 || style_.width >= kWide) return journal::local_time(when);
  return journal::brief_local_time(
      when, std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
}

void LogTable::add(const journal::index::Row& row) {
  std::vector<std::string> cells;
  cells.push_back(shown_time(row.time));
  cells.push_back(shown(row.id));
  if (of_ == Of::audits) {
    const bool said = !row.recipients.empty() && !row.recipients.front().reply.empty();
    cells.push_back(shown(row.result));
    cells.push_back(shown(row.done));
    cells.push_back(shown(row.who));
    cells.push_back(shown(row.via));
    cells.push_back(recipients(row));
    cells.push_back(shown(said ? row.recipients.front().reply : row.detail));
    return table_.add(std::move(cells), tone_of_result(row.result));
  }
  if (of_ == Of::sessions) {
    cells.push_back(shown(row.ended));
    cells.push_back(client(row));
    cells.push_back(shown(row.helo));
    cells.push_back(fmt::format("{} {}", row.commands, shown(row.last_command)));
    cells.push_back(shown(row.rule));
    cells.push_back(shown(row.detail.empty() ? row.reply : row.detail));
    return table_.add(std::move(cells));
  }
  cells.push_back(verdict(row));
  const journal::Page::Tone tone = tone_of(cells.back());
  cells.push_back(shown(row.rule));
  cells.push_back(client(row));
  cells.push_back(sender(row.sender));
  cells.push_back(recipients(row));
  cells.push_back(shown(row.subject));
  table_.add(std::move(cells), tone);
}

}  // namespace gateway::commands
