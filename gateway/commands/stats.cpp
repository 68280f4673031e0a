#include "gateway/commands/stats.h"

#include <fmt/core.h>
#include <fmt/format.h>

#include <algorithm>
#include <csignal>

#include "gateway/commands/journal_place.h"
#include "gateway/commands/terminal.h"
#include "gateway/journal/columns.h"
#include "gateway/journal/index/search.h"
#include "gateway/journal/index/summary.h"
#include "gateway/journal/local_time.h"
#include "gateway/review/period.h"
#include "gateway/review/stats_json.h"

namespace gateway::commands {
namespace {

namespace index = journal::index;
using index::Counted;
using index::ranking;
using index::Ranking;
using index::total;

constexpr std::size_t kBar = 30;          // columns of the longest one
constexpr std::size_t kLongestName = 40;  // columns

struct Section {
  Counted what;
  std::string_view title;
  bool ranked;  // only the first ones are shown
};

constexpr Section kSections[] = {
    {Counted::verdict, "verdicts", false},
    {Counted::rule, "rules that decided about messages", true},
    {Counted::effect, "rules that tagged, scored or exempted", true},
    {Counted::trial, "rules on trial that would have counted", true},
    {Counted::list, "lists that list the client", true},
    {Counted::domain, "sender domains", true},
    {Counted::refused, "sender domains refused or deferred", true},
    {Counted::ended, "connections without a message, by how they ended", false},
    {Counted::session_rule, "rules that refused connections", true},
    {Counted::session_trial, "rules on trial that would have refused connections", true},
};

// Eighths of a block, so that small counts show too.
std::string bar(std::uint64_t count, std::uint64_t most) {
  static constexpr std::string_view kParts[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const std::uint64_t eighths =
      std::max<std::uint64_t>(1, count * kBar * 8 / std::max<std::uint64_t>(most, 1));
  std::string text;
  for (std::uint64_t i = 0; i < eighths / 8; ++i) text += "█";
  return text.append(kParts[eighths % 8]);
}

std::string shown_name(const Section& section, std::string_view text) {
  if (!text.empty()) return printable(text);
  return section.what == Counted::domain || section.what == Counted::refused ? "<> (null sender)" : "(none)";
}

void print(const Section& section, const Ranking& rows, std::size_t top, const journal::PageStyle& style) {
  if (rows.empty()) return;
  const std::uint64_t all = total(rows);
  const std::size_t shown = section.ranked ? std::min(top, rows.size()) : rows.size();
  std::string title(section.title);
  if (shown < rows.size()) title += fmt::format(" (the first {} of {})", shown, rows.size());
  fmt::print("\n{}\n", journal::coloured(title, journal::Page::Tone::title, style.colour));
  std::size_t width = 0;
  for (std::size_t i = 0; i < shown; ++i)
    width = std::max(width, journal::columns(shown_name(section, rows[i].first)));
  width = std::min(width, kLongestName);
  for (std::size_t i = 0; i < shown; ++i) {
    const std::string name = journal::fitted(shown_name(section, rows[i].first), width);
    const double share = 100.0 * static_cast<double>(rows[i].second) / static_cast<double>(all);
    fmt::print("  {}{}  {:>9}  {:>5.1f} %  {}\n", name, std::string(width - journal::columns(name), ' '),
               rows[i].second, share, bar(rows[i].second, rows.front().second));
  }
}

int complain(int status, std::string_view what) {
  fmt::print(stderr, "postern stats: {}\n", what);
  return status;
}

Time begin_of_hour(Time time) { return std::chrono::floor<std::chrono::hours>(time); }

}  // namespace

int stats(const StatsOptions& options) {
  std::signal(SIGPIPE, SIG_DFL);  // who reads us has seen enough
  const Time now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  Time since = now - std::chrono::hours(24);
  Time until = now;
  for (const auto& [option, text, time] :
       {std::tuple("--since", &options.since, &since), std::tuple("--until", &options.until, &until)})
    if (*text) {
      const Result<Time> when =
          time == &until ? review::parse_until(**text, now) : review::parse_when(**text, now);
      if (!when) return complain(2, fmt::format("{}: {}", option, when.error().text()));
      *time = *when;
    }
  if (since > now)
    return complain(2, fmt::format("--since: {} lies in the future, and nothing is recorded of it",
                                   journal::local_time(since)));
  if (since > until) return complain(2, "--until: it is before --since, so that nothing can be counted");
  since = begin_of_hour(since);

  const auto directory = journal_directory(options.config);
  auto search = directory ? index::Search::in(*directory) : Result<index::Search>(directory.error());
  if (!search) return complain(1, search.error().text());
  const index::Tally tally = search->totals(since, until);
  for (const std::string& remark : search->take_remarks()) complain(0, remark);
  if (options.json) {
    fmt::print("{}\n", review::stats_json(tally, since, until));
    return tally.counts().empty() ? 1 : 0;
  }
  fmt::print("{} to {}: {} with a message, {} without one", journal::local_time(since),
             journal::local_time(until), total(ranking(tally, Counted::verdict)),
             total(ranking(tally, Counted::ended)));
  if (const std::uint64_t more = total(ranking(tally, Counted::unrecorded)); more > 0)
    fmt::print(", and {} that were not recorded", more);
  if (const std::uint64_t lost = total(ranking(tally, Counted::lost)); lost > 0)
    fmt::print("; the journal lost {} records in this time", lost);
  fmt::print("\n");
  const journal::PageStyle style = page_style(options.colour);
  for (const Section& section : kSections) print(section, ranking(tally, section.what), options.top, style);
  return tally.counts().empty() ? 1 : 0;
}

}  // namespace gateway::commands
