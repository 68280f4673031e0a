#include <fmt/core.h>
#include <fmt/format.h>

#include <exception>
#include <vector>

#include "gateway/commands/journal.h"
#include "gateway/commands/journal_place.h"
#include "gateway/commands/progress_bar.h"
#include "gateway/journal/day_file.h"
#include "gateway/journal/index/rebuild.h"

namespace gateway::commands {
namespace {

namespace index = journal::index;

int complain(int status, std::string_view what) {
  fmt::print(stderr, "postern journal rebuild: {}\n", what);
  return status;
}

struct Sum {
  std::size_t days = 0;
  std::uint64_t records = 0;
  std::uint64_t unreadable = 0;
  std::vector<std::string> failures;
};

Sum rebuild(const std::vector<index::DayFiles>& days) {
  Sum sum;
  ProgressBar bar(octets_of_lines(days));
  std::uint64_t done = 0;
  for (const index::DayFiles& files : days) try {
      std::uint64_t of_day = 0;
      const auto content = index::rebuild(files, index::Old::emptied, [&](std::uint64_t octets) {
        of_day = octets;
        bar.at(done + octets, files.lines.filename().string());
      });
      done += of_day;
      ++sum.days;
      sum.records += content.transactions + content.sessions;
      sum.unreadable += content.unreadable;
    } catch (const std::exception& error) {
      sum.failures.push_back(fmt::format("{}: {}", files.index.string(), printable(error.what())));
    }
  return sum;
}

}  // namespace

int rebuild_journal(const JournalOptions& options) {
  std::optional<index::Day> day;
  if (options.day) {
    day = journal::day_of_file_name(*options.day + std::string(journal::kLinesSuffix));
    if (!day)
      return complain(2, fmt::format("--day: '{}' is no day: expected one such as 2026-11-25",
                                     printable(*options.day, 60)));
  }
  const auto directory = journal_directory(options.config);
  auto days =
      directory ? index::days_in(*directory) : Result<std::vector<index::DayFiles>>(directory.error());
  if (!days) return complain(1, days.error().text());
  if (day) std::erase_if(*days, [&](const index::DayFiles& files) { return files.day != *day; });
  if (days->empty())
    return complain(1, day ? "there are no lines of that day" : "there are no lines to make an index of");

  const Sum sum = rebuild(*days);
  for (const std::string& failure : sum.failures) complain(1, failure);
  if (options.json)
    fmt::print("{{\"days\": {}, \"records\": {}, \"unreadable\": {}, \"failed\": {}}}\n", sum.days,
               sum.records, sum.unreadable, sum.failures.size());
  else
    fmt::print(
        "{} made anew, with {} records.\n",
        sum.days == 1 ? "The index of one day was" : fmt::format("The indexes of {} days were", sum.days),
        sum.records);
  if (!options.json && sum.unreadable > 0)
    fmt::print("{} lines are no records and were passed over.\n", sum.unreadable);
  return sum.failures.empty() ? 0 : 1;
}

}  // namespace gateway::commands
