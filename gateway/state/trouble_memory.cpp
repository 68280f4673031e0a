#include "gateway/state/trouble_memory.h"

#include <algorithm>

namespace gateway::state {

TroubleKey::TroubleKey(const IpAddress& client, const Address& sender, const Address& recipient)
    : text_(client_network(client).text()) {
  for (const Address* address : {&sender, &recipient}) {
    text_ += '\0';  // stands in no address
    text_ += address->comparable();
  }
}

std::chrono::seconds TroubleMemory::since(const TroubleKey& key, Time now) const {
  const std::lock_guard lock(mutex_);
  const auto at = troubles_.find(key);
  if (at == troubles_.end() || now - at->second.last > kForgotten) return std::chrono::seconds(0);
  return std::max(now - at->second.first, std::chrono::seconds(0));
}

void TroubleMemory::deferred(const TroubleKey& key, Time now) {
  const std::lock_guard lock(mutex_);
  if (most_ == 0) return;
  auto at = troubles_.find(key);
  if (at == troubles_.end()) {
    if (troubles_.size() == most_) forget(troubles_.find(*order_.front()));
    at = troubles_.emplace(key, Trouble{now, now, {}}).first;
    at->second.place = order_.insert(order_.end(), &at->first);
    size_ = troubles_.size();
    return;
  }
  if (now - at->second.last > kForgotten) at->second.first = now;
  at->second.last = now;
  order_.splice(order_.end(), order_, at->second.place);
}

void TroubleMemory::settled(const TroubleKey& key) {
  const std::lock_guard lock(mutex_);
  if (const auto at = troubles_.find(key); at != troubles_.end()) forget(at);
}

void TroubleMemory::forget(Troubles::iterator at) {
  order_.erase(at->second.place);
  troubles_.erase(at);
  size_ = troubles_.size();
}

}  // namespace gateway::state
