#pragma once
// Makes the index of a day anew, also while the gateway writes to it: each commit goes on where the last one
// ended, whoever made it.

#include <cstdint>
#include <functional>

#include "gateway/journal/index/day_index.h"

namespace gateway::journal::index {

enum class Old {
  emptied,  // who reads it meanwhile sees it grow; a damaged one is removed
  removed,  // so that nothing of it is left on the disk
};

// Waits for another that writes, up to half a minute.  `progress` hears of the octets indexed.  Throws
// SqliteError and std::system_error.
DayIndex::Content rebuild(const DayFiles& files, Old old, const std::function<void(std::uint64_t)>& progress);

}  // namespace gateway::journal::index
