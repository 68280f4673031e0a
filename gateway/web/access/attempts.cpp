#include "gateway/web/access/attempts.h"

namespace gateway::web::access {

void Attempts::forget(std::map<std::string, Count, std::less<>>::iterator which) {
  order_.erase(which->second.place);
  counts_.erase(which);
}

std::optional<std::chrono::seconds> Attempts::count(std::string_view key, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  auto found = counts_.find(key);
  if (found != counts_.end() && now - found->second.since >= limits_.window) {
    forget(found);
    found = counts_.end();
  }
  if (found == counts_.end()) {
    if (counts_.size() >= limits_.keys) forget(counts_.find(order_.front()));
    order_.emplace_back(key);
    found = counts_.emplace(std::string(key), Count{.since = now, .place = std::prev(order_.end())}).first;
  }
  Count& count = found->second;
  if (count.attempts >= limits_.most)
    return std::chrono::ceil<std::chrono::seconds>(limits_.window - (now - count.since));
  ++count.attempts;
  return std::nullopt;
}

void Attempts::forgive(std::string_view key) {
  const std::lock_guard lock(mutex_);
  const auto found = counts_.find(key);
  if (found != counts_.end() && --found->second.attempts == 0) forget(found);
}

std::size_t Attempts::size() const {
  const std::lock_guard lock(mutex_);
  return counts_.size();
}

}  // namespace gateway::web::access
