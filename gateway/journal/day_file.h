#pragma once
// The journal's file of the day: opened anew at midnight and when somebody removed it.

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>

#include "gateway/vocabulary.h"

namespace gateway::journal {

class DayFile {
 public:
  DayFile(std::filesystem::path directory, unsigned keep_days)
      : directory_(std::move(directory)), keep_days_(keep_days) {}
  ~DayFile();
  DayFile(const DayFile&) = delete;
  DayFile& operator=(const DayFile&) = delete;

  // Whole lines.  Throws std::system_error when the disk fails; a line that was torn is ended before the
  // next.
  void append(Time now, std::string_view lines);

 private:
  void open(std::chrono::sys_days day);
  void close();
  bool is_in_place() const;
  void remove_old(std::chrono::sys_days today) const;

  const std::filesystem::path directory_;
  const unsigned keep_days_;
  std::filesystem::path path_;
  std::chrono::sys_days day_{};
  int descriptor_ = -1;
  bool torn_ = false;
};

// "2026-11-25.jsonl"
std::string day_file_name(std::chrono::sys_days day);
std::optional<std::chrono::sys_days> day_of_file_name(std::string_view name);

}  // namespace gateway::journal
