#pragma once
// A Mailstore that takes every message and forgets it: for measuring what the rest of the gateway costs.

#include "gateway/delivery/mailstore.h"

namespace gateway::delivery {

class Discard final : public Mailstore {
 public:
  asio::awaitable<DeliveryReport> deliver(const Parcel& parcel) override;
};

}  // namespace gateway::delivery
