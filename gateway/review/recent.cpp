#include "gateway/review/recent.h"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <iterator>

#include "gateway/journal/encode_session.h"

namespace gateway::review {

void Recent::Kept::add(std::string_view record) {
  std::string room;  // of the oldest, which is to go, unless it is much larger
  if (records.size() == most && most > 0) {
    octets -= records.back().size();
    if (records.back().capacity() <= 2 * record.size()) room = std::move(records.back());
    records.pop_back();
  }
  room.assign(record);
  records.push_front(std::move(room));
  octets += record.size();
  while (records.size() > most || (octets > kMostOctets && records.size() > 1)) {
    octets -= records.back().size();
    records.pop_back();
  }
}

void Recent::add(std::string_view record) {
  const std::lock_guard lock(mutex_);
  (journal::is_session_record(record) ? sessions_ : transactions_).add(record);
}

std::vector<std::string> Recent::transactions() const {
  const std::lock_guard lock(mutex_);
  return {transactions_.records.begin(), transactions_.records.end()};
}

std::vector<std::string> Recent::sessions() const {
  const std::lock_guard lock(mutex_);
  return {sessions_.records.begin(), sessions_.records.end()};
}

std::optional<std::string> Recent::find(std::string_view id) const {
  std::vector<std::string> records = transactions();
  std::ranges::move(sessions(), std::back_inserter(records));
  for (const std::string& record : records) {
    boost::system::error_code error;
    const boost::json::value value = boost::json::parse(record, error);
    if (error || !value.is_object()) continue;
    const auto* found = value.get_object().if_contains("id");
    if (found && found->is_string() && found->get_string() == id) return record;
  }
  return std::nullopt;
}

}  // namespace gateway::review
