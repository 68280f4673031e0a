// postern journal export and erase: what the journal holds of a person, for those who may ask.
#include <fmt/core.h>
#include <fmt/format.h>

#include <csignal>
#include <exception>
#include <set>
#include <vector>

#include "gateway/capture/capture.h"
#include "gateway/commands/journal.h"
#include "gateway/commands/journal_place.h"
#include "gateway/commands/progress_bar.h"
#include "gateway/journal/erasure.h"
#include "gateway/journal/harmless.h"
#include "gateway/journal/index/line_reader.h"
#include "gateway/journal/index/rebuild.h"
#include "gateway/journal/index/sqlite.h"
#include "gateway/journal/rewrite.h"

namespace gateway::commands {
namespace {

namespace index = journal::index;

struct Work {
  std::string_view command;
  std::vector<index::DayFiles> days;  // the oldest first
  journal::Erasure person;
  std::filesystem::path captured;  // messages that were kept for review
};

int complain(std::string_view command, int status, std::string_view what) {
  fmt::print(stderr, "postern journal {}: {}\n", command, what);
  return status;
}

// Nothing: it was complained, and `status` is what the command ends with.
std::optional<Work> prepare(std::string_view command, const PersonOptions& options, int& status) {
  auto person = journal::Erasure::of(options.address);
  if (!person) {
    status = complain(command, 2, "--address: " + person.error().text());
    return std::nullopt;
  }
  const auto directory = journal_directory(options.config);
  auto days =
      directory ? index::days_in(*directory) : Result<std::vector<index::DayFiles>>(directory.error());
  if (!days) {
    status = complain(command, 1, days.error().text());
    return std::nullopt;
  }
  std::reverse(days->begin(), days->end());
  const auto captured = capture_directory(options.config);
  return Work{command, std::move(*days), std::move(*person), captured ? *captured : std::filesystem::path()};
}

std::uint64_t print_records(const Work& work) {
  ProgressBar bar(octets_of_lines(work.days));
  std::uint64_t found = 0;
  std::uint64_t done = 0;
  for (const index::DayFiles& files : work.days) {
    auto lines = index::LineReader::open(files.lines);
    if (!lines) continue;
    std::uint64_t of_day = 0;
    while (const auto line = lines->next()) {
      of_day = line->end;
      bar.at(done + of_day, files.lines.filename().string());
      if (!work.person.is_in(line->text)) continue;
      ++found;
      fmt::print("{}\n", journal::harmless(line->text));
    }
    done += of_day;
  }
  return found;
}

struct Erased {
  std::uint64_t records = 0;
  std::uint64_t days = 0;
  std::uint64_t captured = 0;  // messages that were kept for review
  std::vector<std::string> failures;
};

Erased erase(const Work& work) {
  Erased erased;
  std::set<std::string, std::less<>> ids;  // of the records that he was in
  index::RowReader reader;
  ProgressBar bar(octets_of_lines(work.days));
  std::uint64_t done = 0;
  for (const index::DayFiles& files : work.days) try {
      std::uint64_t of_day = 0;
      const auto progress = [&](std::uint64_t octets) {
        of_day = octets;
        bar.at(done + octets, files.lines.filename().string());
      };
      // What SQLite deletes stays in its pages: the old index must go as a whole, and before its lines do, as
      // nobody would look for it afterwards.
      bool indexed = false;
      const auto rewritten = journal::rewrite(
          files.lines,
          [&](std::string_view line) {
            auto without = work.person.without(line);
            const index::Row* const row = without ? reader.read(line) : nullptr;
            if (row) ids.emplace(row->id);
            return without;
          },
          progress,
          [&] {
            std::error_code unknown;
            indexed = std::filesystem::exists(files.index, unknown);
            index::remove_database(files.index);
          });
      done += of_day;
      if (!rewritten) {
        erased.failures.push_back(
            fmt::format("{} stays as it is: {}", files.lines.string(), rewritten.error().text()));
        continue;
      }
      if (rewritten->changed == 0) continue;
      erased.records += rewritten->changed;
      ++erased.days;
      if (indexed) index::rebuild(files, index::Old::removed, [](std::uint64_t) {});
    } catch (const std::exception& error) {
      erased.failures.push_back(fmt::format("{}: {}", files.index.string(), printable(error.what())));
    }
  erased.captured = capture::erase(
      work.captured, [&](std::string_view id) { return ids.contains(id); },
      [&](std::string_view text) { return work.person.is_in(text); });
  return erased;
}

}  // namespace

int export_journal(const PersonOptions& options) {
  std::signal(SIGPIPE, SIG_DFL);  // who reads us has seen enough
  int status = 0;
  const auto work = prepare("export", options, status);
  if (!work) return status;
  const std::uint64_t found = print_records(*work);
  if (found == 0) return complain("export", 1, fmt::format("no record holds {}", printable(options.address)));
  return 0;
}

int erase_from_journal(const PersonOptions& options) {
  int status = 0;
  const auto work = prepare("erase", options, status);
  if (!work) return status;
  const Erased erased = erase(*work);
  for (const std::string& failure : erased.failures) complain("erase", 1, failure);
  if (options.json)
    fmt::print("{{\"records\": {}, \"days\": {}, \"captured\": {}, \"failed\": {}}}\n", erased.records,
               erased.days, erased.captured, erased.failures.size());
  else if (erased.records > 0)
    fmt::print("{} was taken out of {} records of {} days.\n", printable(options.address), erased.records,
               erased.days);
  else if (erased.failures.empty() && erased.captured == 0)
    fmt::print("No record holds {}.\n", printable(options.address));
  if (!options.json && erased.captured > 0)
    fmt::print("{} captured messages were removed.\n", erased.captured);
  return erased.failures.empty() && erased.records + erased.captured > 0 ? 0 : 1;
}

}  // namespace gateway::commands
