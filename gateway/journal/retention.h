#pragma once
// How long the journal is kept: days of lines go together with their index, the oldest first.

#include <chrono>
#include <cstdint>
#include <filesystem>

namespace gateway::journal {

struct Keep {
  // `days`: files of more than so many days ago go; `octets`: of all lines and indexes together, but for
  // those of the last day, which stays however large it is.  0: any.
  Keep(unsigned most_days = 0, std::uint64_t most_octets = 0) : days(most_days), octets(most_octets) {}
  unsigned days;
  std::uint64_t octets;
};

// What cannot be removed or read is left, for another time.
void remove_old(const std::filesystem::path& directory, std::chrono::sys_days today, const Keep& keep);

}  // namespace gateway::journal
