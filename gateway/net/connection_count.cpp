#include "gateway/net/connection_count.h"

#include <utility>

namespace gateway::net {

ConnectionCount::Slot::Slot(Slot&& other) noexcept
    : count_(std::move(other.count_)), network_(std::exchange(other.network_, std::nullopt)) {}

ConnectionCount::Slot& ConnectionCount::Slot::operator=(Slot&& other) noexcept {
  std::swap(count_, other.count_);
  std::swap(network_, other.network_);
  return *this;
}

ConnectionCount::Slot::~Slot() {
  if (!count_) return;
  if (network_) count_->leave(*network_);
  count_->end();
}

bool ConnectionCount::Slot::move_to(const IpAddress& client, bool exempt) {
  if (!count_) return true;
  if (network_) count_->leave(*std::exchange(network_, std::nullopt));
  if (exempt) return true;
  const Network network = client_network(client);
  if (!count_->join(network)) return false;
  network_ = network;
  return true;
}

std::optional<ConnectionCount::Slot> ConnectionCount::enter(const IpAddress& client, Exempt exempt) {
  {
    const std::lock_guard lock(mutex_);
    if (now_ >= in_all_ && exempt != Exempt::entirely) return std::nullopt;
    ++now_;
  }
  Slot slot;
  slot.count_ = shared_from_this();
  if (!slot.move_to(client, exempt != Exempt::no)) return std::nullopt;
  return slot;
}

unsigned ConnectionCount::now() const {
  const std::lock_guard lock(mutex_);
  return now_;
}

void ConnectionCount::limit(unsigned in_all, unsigned per_network) {
  const std::lock_guard lock(mutex_);
  in_all_ = in_all;
  per_network_ = per_network;
}

bool ConnectionCount::join(const Network& network) {
  const std::lock_guard lock(mutex_);
  const auto place = by_network_.try_emplace(network, 0).first;
  if (place->second >= per_network_) {
    if (place->second == 0) by_network_.erase(place);
    return false;
  }
  ++place->second;
  return true;
}

void ConnectionCount::leave(const Network& network) {
  const std::lock_guard lock(mutex_);
  const auto place = by_network_.find(network);
  if (place != by_network_.end() && --place->second == 0) by_network_.erase(place);
}

void ConnectionCount::end() {
  const std::lock_guard lock(mutex_);
  --now_;
}

}  // namespace gateway::net
