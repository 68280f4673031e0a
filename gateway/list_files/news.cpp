#include "gateway/list_files/news.h"

#include <algorithm>
#include <utility>

namespace gateway::list_files {

void News::all_taken(Time when) {
  const std::lock_guard lock(mutex_);
  all_taken_ = when;
}

void News::taken(const std::string& list, Time when) {
  const std::lock_guard lock(mutex_);
  items_[list].taken = when;
}

void News::alert(const std::string& list, Time when, std::string why) {
  const std::lock_guard lock(mutex_);
  Item& item = items_[list];
  item.alerted = when;
  item.alert = std::move(why);
}

News::Item News::of(std::string_view list) const {
  const std::lock_guard lock(mutex_);
  const auto found = items_.find(list);
  Item item = found == items_.end() ? Item{} : found->second;
  item.taken = std::max(item.taken, all_taken_);
  return item;
}

}  // namespace gateway::list_files
