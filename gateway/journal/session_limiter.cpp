#include "gateway/journal/session_limiter.h"

#include <algorithm>
#include <utility>

namespace gateway::journal {

bool SessionLimiter::Bucket::has_one(const Rate& rate, Time now) const {
  return std::max(full_, now) + rate.interval <= now + rate.interval * rate.burst;
}

void SessionLimiter::Bucket::take(const Rate& rate, Time now) {
  full_ = std::max(full_, now) + rate.interval;
}

SessionLimiter::Bucket& SessionLimiter::bucket_of(const IpAddress& client) {
  std::uint64_t hash = seed_;
  for (const std::uint8_t octet : client_network(client).address().octets()) {
    hash = (hash ^ octet) * 0x9e3779b97f4a7c15;  // 2^64 / golden ratio
    hash ^= hash >> 32;
  }
  return by_network_[hash % by_network_.size()];
}

SessionLimiter::Answer SessionLimiter::ask(const IpAddress& client, Time now) {
  const std::lock_guard lock(mutex_);
  Bucket& of_network = bucket_of(client);
  Answer answer;
  if (of_network.has_one(kPerNetwork, now) && in_all_.has_one(kInAll, now)) {
    of_network.take(kPerNetwork, now);
    in_all_.take(kInAll, now);
    answer.record = true;
    answer.left_out = std::exchange(left_out_, 0);
  } else {
    ++left_out_;
    ++not_alerted_;
  }
  if (not_alerted_ == 0 || now < next_alert_) return answer;
  next_alert_ = now + kAlert;
  answer.alert = std::exchange(not_alerted_, 0);
  return answer;
}

}  // namespace gateway::journal
