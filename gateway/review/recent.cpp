#include "gateway/review/recent.h"

#include <boost/json/parse.hpp>

namespace gateway::review {

void Recent::add(const std::string& record) {
  const std::lock_guard lock(mutex_);
  records_.push_front(record);
  octets_ += record.size();
  while (records_.size() > most_ || (octets_ > kMostOctets && records_.size() > 1)) {
    octets_ -= records_.back().size();
    records_.pop_back();
  }
}

std::vector<std::string> Recent::all() const {
  const std::lock_guard lock(mutex_);
  return {records_.begin(), records_.end()};
}

std::optional<std::string> Recent::find(std::string_view id) const {
  for (const std::string& record : all()) {
    boost::system::error_code error;
    const boost::json::value value = boost::json::parse(record, error);
    if (error || !value.is_object()) continue;
    const auto* found = value.get_object().if_contains("id");
    if (found && found->is_string() && found->get_string() == id) return record;
  }
  return std::nullopt;
}

}  // namespace gateway::review
