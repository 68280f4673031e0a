#pragma once
// The lines of the journal's day files within a period, as several readers at once take them: in large blocks
// of whole lines, in the order they were written.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "gateway/vocabulary.h"

namespace gateway::replay {

struct Period {  // [from, to)
  Time from{};
  Time to{};
  bool has(Time when) const { return from <= when && when < to; }
};

class DayLines {
 public:
  static constexpr std::size_t kBlock = 1 << 20;         // octets that are read at once
  static constexpr std::size_t kLongestLine = 16 << 20;  // a longer one is passed over

  // Fails when there is no such directory, or it cannot be read.
  static Result<std::unique_ptr<DayLines>> open(const std::filesystem::path& directory, const Period& period);
  ~DayLines();
  DayLines(const DayLines&) = delete;
  DayLines& operator=(const DayLines&) = delete;

  // The next lines, each with its end; false: there are no more.  Safe to call from any thread.  Throws
  // std::system_error when the disk fails.
  bool next(std::string& block);

  std::uint64_t octets() const { return octets_; }  // of all files
  std::uint64_t octets_read() const;
  std::uint64_t passed_over() const;  // lines too long
  std::size_t files() const { return files_.size(); }

 private:
  explicit DayLines(std::vector<std::filesystem::path> files, std::uint64_t octets)
      : files_(std::move(files)), octets_(octets) {}
  bool open_next();
  bool read_more(std::string& block);

  const std::vector<std::filesystem::path> files_;
  const std::uint64_t octets_;

  mutable std::mutex mutex_;
  std::size_t next_file_ = 0;
  int descriptor_ = -1;
  std::string begun_;      // a line whose end was not read yet
  bool too_long_ = false;  // it is passed over
  std::uint64_t octets_read_ = 0;
  std::uint64_t passed_over_ = 0;
};

// The moment a record tells, found without reading more than its beginning; false where it does not stand
// there.
bool peek_time(std::string_view line, Time& when);

}  // namespace gateway::replay
