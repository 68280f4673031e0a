#pragma once
// The journal's file of the day: opened anew at midnight and when somebody removed or replaced it.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/journal/retention.h"
#include "gateway/vocabulary.h"

namespace gateway::journal {

class DayFile {
 public:
  DayFile(std::filesystem::path directory, Keep keep) : directory_(std::move(directory)), keep_(keep) {}
  ~DayFile();
  DayFile(const DayFile&) = delete;
  DayFile& operator=(const DayFile&) = delete;

  // Whole lines.  Throws std::system_error when the disk fails; the whole lines that it took until then stay,
  // the beginning of another is taken back.  A line that a process left torn is ended before the next.
  void append(Time now, std::string_view lines);
  // Octets that its disk has room for, as far as known.
  std::optional<std::uint64_t> room() const;
  // Octets of the last append() that are in the file.
  std::size_t taken() const { return taken_; }

 private:
  void open(std::chrono::sys_days day);
  void open_in_place(std::chrono::sys_days today);
  void write(std::string_view lines);
  void take_back(std::size_t octets);
  void close();
  bool is_in_place() const;

  const std::filesystem::path directory_;
  const Keep keep_;
  std::filesystem::path path_;
  std::chrono::sys_days day_{};
  int descriptor_ = -1;
  bool torn_ = false;
  std::size_t taken_ = 0;
  std::uint64_t unchecked_ = 0;  // octets written since old days were looked for
};

// What the files of a day end in: its lines, and their index.
inline constexpr std::string_view kLinesSuffix = ".jsonl";
inline constexpr std::string_view kIndexSuffix = ".sqlite";

// "2026-11-25.jsonl"
std::string day_file_name(std::chrono::sys_days day);
std::optional<std::chrono::sys_days> day_of_file_name(std::string_view name);

}  // namespace gateway::journal
