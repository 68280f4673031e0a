#include "filters/attachments/found.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace filters::attachments {

bool Extensions::add(std::string_view extension) {
  if (extension.empty() || has(extension)) return true;
  if (list_.size() >= kMost) return false;
  list_.emplace_back(extension);
  return true;
}

bool Extensions::has(std::string_view extension) const {
  return std::ranges::find(list_, extension) != list_.end();
}

bool Extensions::has_one_of(std::string_view words) const {
  return std::ranges::any_of(
      list_, [&](const std::string& one) { return words.find(fmt::format(" {} ", one)) != words.npos; });
}

Trail::Place Trail::add(unsigned depth, std::string meaning, bool matters) {
  if (steps_.size() >= kMost || (!matters && plain_ >= kMostPlain)) {
    ++left_out_;
    return {};
  }
  plain_ += matters ? 0 : 1;
  steps_.push_back({.depth = depth, .meaning = std::move(meaning)});
  return {steps_.size() - 1};
}

void Trail::append(Place place, std::string_view words) {
  if (place.at < steps_.size()) steps_[place.at].meaning += words;
}

std::vector<policy::Step> Trail::take() {
  if (left_out_ != 0)
    steps_.push_back(
        {.meaning = fmt::format("{} more {} left out here", left_out_, left_out_ == 1 ? "is" : "are")});
  return std::move(steps_);
}

void Found::bound_met(std::string what) {
  constexpr std::size_t kMostToTell = 5;
  if (bounds_met.size() < kMostToTell && std::ranges::find(bounds_met, what) == bounds_met.end())
    bounds_met.push_back(std::move(what));
}

}  // namespace filters::attachments
