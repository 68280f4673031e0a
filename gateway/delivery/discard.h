#pragma once
// A Mailstore that takes every message and forgets it: for measuring what the rest of the gateway costs.

#include "gateway/delivery/mailstore.h"

namespace gateway::delivery {

class Discard final : public Mailstore {
 public:
  asio::awaitable<DeliveryReport> deliver(const Parcel& parcel) override;
  // What is kept nowhere is not sent on in clear, nor read otherwise; but nobody would send notifications.
  smtp::Offers offers() const override { return {.requiretls = true, .binary = true}; }
};

}  // namespace gateway::delivery
