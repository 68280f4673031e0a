#include "gateway/journal/index/follower.h"

#include <algorithm>
#include <utility>

namespace gateway::journal::index {

Follower::Follower(std::filesystem::path directory) : directory_(std::move(directory)) {
  const auto days = days_in(directory_);
  if (!days || days->empty()) return;
  open(days->front(), 0);
  if (!lines_) return;
  offset_ = lines_->size();
}

void Follower::open(const DayFiles& files, std::uint64_t offset) {
  lines_.reset();
  if (auto lines = LineReader::open(files.lines)) {
    lines_.emplace(std::move(*lines));
    day_ = files.day;
    offset_ = std::min(offset, lines_->size());
  }
}

void Follower::read(const Query& query,
                    const std::function<void(const Row& row, std::string_view line)>& hear) {
  const auto days = days_in(directory_);
  if (!days) return;
  // The oldest of those that are not read to their end: the last day was, when another has begun.
  for (auto files = days->rbegin(); files != days->rend(); ++files) {
    if (day_ && files->day < *day_) continue;
    if (day_ != files->day)
      open(*files, 0);
    else if (!lines_ || !lines_->in_place())
      open(*files, offset_);
    if (!lines_) continue;
    lines_->seek(offset_);
    while (const auto line = lines_->next()) {
      offset_ = line->end;
      const Row* const row = reader_.read(line->text);
      if (row && matches(query, *row)) hear(*row, line->text);
    }
  }
}

}  // namespace gateway::journal::index
