#pragma once
// Records as they are written: reads on at the end of the lines, from day to day.

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/journal/index/days.h"
#include "gateway/journal/index/line_reader.h"
#include "gateway/journal/index/query.h"
#include "gateway/journal/index/row_reader.h"

namespace gateway::journal::index {

class Follower {
 public:
  // Begins behind what is written now.  Lines that are written anew meanwhile, as when a person is erased, are
  // not told again.
  explicit Follower(std::filesystem::path directory);

  // Tells what has come since, the oldest first.
  void read(const Query& query, const std::function<void(const Row& row, std::string_view line)>& hear);

 private:
  void open(const DayFiles& files);
  void find_place();

  const std::filesystem::path directory_;
  std::optional<Day> day_;
  std::optional<LineReader> lines_;
  std::uint64_t offset_ = 0;  // behind what was told
  std::string last_;          // the id that stands in front of it
  RowReader reader_;
};

}  // namespace gateway::journal::index
