#include "gateway/journal/index/days.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include "gateway/journal/day_file.h"
#include "gateway/journal/index/sqlite.h"

namespace gateway::journal::index {

namespace fs = std::filesystem;

DayFiles files_of(const fs::path& directory, Day day) {
  const fs::path lines = directory / day_file_name(day);
  fs::path index = lines;
  return {day, lines, index.replace_extension(kIndexSuffix)};
}

Result<std::vector<DayFiles>> days_in(const fs::path& directory) {
  std::vector<DayFiles> days;
  std::error_code error;
  for (fs::directory_iterator file(directory, error), end; !error && file != end; file.increment(error))
    if (const auto day = day_of_file_name(file->path().filename().string()))
      days.push_back(files_of(directory, *day));
  if (error)
    return Error(fmt::format("the journal in {} cannot be read: {}", directory.string(), error.message()),
                 error.value());
  std::ranges::sort(days, std::greater(), &DayFiles::day);
  return days;
}

void remove_orphans(const fs::path& directory) {
  std::error_code error;
  for (fs::directory_iterator file(directory, error), end; !error && file != end; file.increment(error)) {
    const fs::path path = file->path();
    if (path.extension() != kIndexSuffix) continue;
    const auto day = day_of_file_name(path.stem().string() + ".jsonl");
    std::error_code unknown;
    if (day && !fs::exists(files_of(directory, *day).lines, unknown) && !unknown) remove_database(path);
  }
}

}  // namespace gateway::journal::index
