#pragma once
// What cannot be found, as it was never written: the gaps that the journal tells of.

#include <string>
#include <vector>

#include "gateway/journal/index/search.h"

namespace gateway::journal::index {

struct KnownGap {
  Time since{};  // the first record that is missing
  Time until{};  // the last one
  std::uint64_t lost = 0;
  std::string why;  // what the disk said; may be empty
};

// Those told within that time, the newest first; at most so many.
std::vector<KnownGap> find_gaps(Search& search, std::optional<Time> since, std::optional<Time> until,
                                std::size_t most);

// "7 records are missing, 2026-11-25 10:00 to …: No space left on device", in local time; printable.
std::string told(const KnownGap& gap);

}  // namespace gateway::journal::index
