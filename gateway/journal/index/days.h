#pragma once
// The journal's days: a file of lines each, and its index beside it.

#include <filesystem>
#include <vector>

#include "gateway/journal/index/place.h"
#include "gateway/vocabulary.h"

namespace gateway::journal::index {

struct DayFiles {
  Day day;
  std::filesystem::path lines;  // "2026-11-25.jsonl"
  std::filesystem::path index;  // "2026-11-25.sqlite"
};

DayFiles files_of(const std::filesystem::path& directory, Day day);

// Those there are, the newest first.  A directory that cannot be read is an error, also when it is not there.
Result<std::vector<DayFiles>> days_in(const std::filesystem::path& directory);

// Removes the indexes whose lines are gone.
void remove_orphans(const std::filesystem::path& directory);

}  // namespace gateway::journal::index
