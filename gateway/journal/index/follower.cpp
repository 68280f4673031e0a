#include "gateway/journal/index/follower.h"

#include <algorithm>
#include <utility>

namespace gateway::journal::index {

Follower::Follower(std::filesystem::path directory) : directory_(std::move(directory)) {
  const auto days = days_in(directory_);
  if (!days || days->empty()) return;
  open(days->front());
  if (!lines_) return;
  offset_ = lines_->size();
  lines_->seek(offset_ - std::min<std::uint64_t>(offset_, LineReader::kLongest));
  while (const auto line = lines_->next())
    if (const Row* const row = reader_.read(line->text)) last_ = row->id;
}

void Follower::open(const DayFiles& files) {
  lines_.reset();
  if (auto lines = LineReader::open(files.lines)) {
    lines_.emplace(std::move(*lines));
    day_ = files.day;
    offset_ = 0;
  }
}

// In a file that took the place of another: the records stand in the same order, but may be of other lengths.
void Follower::find_place() {
  lines_->seek(0);
  while (const auto line = lines_->next()) {
    offset_ = line->end;
    if (line->text.find(last_) == line->text.npos) continue;
    if (const Row* const row = reader_.read(line->text); row && row->id == last_) return;
  }
}

void Follower::read(const Query& query,
                    const std::function<void(const Row& row, std::string_view line)>& hear) {
  const auto days = days_in(directory_);
  if (!days) return;
  // The oldest of those that are not read to their end: the last day was, when another has begun.
  for (auto files = days->rbegin(); files != days->rend(); ++files) {
    if (day_ && files->day < *day_) continue;
    const bool another_day = day_ != files->day;
    if (another_day || !lines_ || !lines_->in_place()) {
      open(*files);
      if (!lines_) continue;
      if (!another_day) find_place();
    }
    lines_->seek(offset_);
    while (const auto line = lines_->next()) {
      offset_ = line->end;
      const Row* const row = reader_.read(line->text);
      if (row) last_ = row->id;
      if (row && matches(query, *row)) hear(*row, line->text);
    }
  }
}

}  // namespace gateway::journal::index
