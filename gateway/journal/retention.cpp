#include "gateway/journal/retention.h"

#include <spdlog/spdlog.h>

#include <map>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "gateway/journal/day_file.h"

namespace gateway::journal {
namespace {

namespace fs = std::filesystem;

struct DayOnDisk {
  std::uint64_t octets = 0;
  std::vector<fs::path> files;
};

// Of which day a file is: its lines, its index, or what SQLite keeps beside that.
std::optional<std::chrono::sys_days> day_of(const fs::path& file) {
  std::string name = file.filename().string();
  for (const std::string_view beside : {"-wal", "-shm", "-journal"})
    if (name.ends_with(std::string(kIndexSuffix).append(beside))) name.resize(name.size() - beside.size());
  if (name.ends_with(kIndexSuffix))
    name.replace(name.size() - kIndexSuffix.size(), kIndexSuffix.size(), kLinesSuffix);
  return day_of_file_name(name);
}

void remove(const DayOnDisk& day) {
  std::error_code ignored;
  for (const fs::path& file : day.files) fs::remove(file, ignored);
}

}  // namespace

void remove_old(const fs::path& directory, std::chrono::sys_days today, const Keep& keep) {
  if (keep.days == 0 && keep.octets == 0) return;
  std::map<std::chrono::sys_days, DayOnDisk> days;
  std::uint64_t octets = 0;
  std::error_code error;
  for (fs::directory_iterator file(directory, error), end; !error && file != end; file.increment(error)) {
    const auto day = day_of(file->path());
    if (!day) continue;
    std::error_code gone;
    const std::uintmax_t size = file->file_size(gone);
    if (gone) continue;
    days[*day].octets += size;
    days[*day].files.push_back(file->path());
    octets += size;
  }
  for (const auto& [day, on_disk] : days) {
    const bool too_old = keep.days != 0 && day < today - std::chrono::days(keep.days);
    const bool too_much =
        keep.octets != 0 && octets > keep.octets && day < days.rbegin()->first && day < today;
    if (!too_old && !too_much) continue;
    remove(on_disk);
    octets -= on_disk.octets;
    if (!too_old)
      spdlog::warn("event=journal_day_removed day={} why=\"journal.max_size\"",
                   day_file_name(day).substr(0, std::string_view("2026-11-25").size()));
  }
}

}  // namespace gateway::journal
