#pragma once
// A mailstore and a held store in memory that do what the test says.

#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "gateway/delivery/held_store.h"
#include "gateway/delivery/mailstore.h"

namespace support {

class MemoryMailstore final : public gateway::delivery::Mailstore {
 public:
  using DeliveryReport = gateway::delivery::DeliveryReport;

  // What becomes of a recipient's copy; taken where nothing is said.
  std::map<std::string, gateway::delivery::Delivered> fates;
  std::deque<DeliveryReport> reports;              // answers to the next parcels, whatever `fates` says
  std::optional<DeliveryReport> always;            // answer to all parcels, whatever `fates` says
  std::vector<gateway::delivery::Parcel> parcels;  // all that came, in order
  std::vector<gateway::delivery::Parcel> taken;    // those of which somebody's copy was taken

  gateway::asio::awaitable<DeliveryReport> deliver(const gateway::delivery::Parcel& parcel) override {
    parcels.push_back(parcel);
    DeliveryReport report;
    if (always) {
      report = *always;
      report.recipients.resize(parcel.recipients.size());
      co_return report;
    }
    if (!reports.empty()) {
      report = reports.front();
      reports.pop_front();
      report.recipients.resize(parcel.recipients.size());
      co_return report;
    }
    report.server = "memory";
    for (const gateway::smtp::Recipient& recipient : parcel.recipients) {
      const auto found = fates.find(recipient.address.text());
      const gateway::delivery::Delivered fine{gateway::delivery::Fate::taken, 250, "2.0.0", "Ok"};
      report.recipients.push_back(found == fates.end() ? fine : found->second);
    }
    if (report.any(gateway::delivery::Fate::taken)) taken.push_back(parcel);
    co_return report;
  }

  gateway::smtp::Offers offered;
  gateway::smtp::Offers offers() const override { return offered; }

  static DeliveryReport unreachable() {
    DeliveryReport report;
    report.unreachable = true;
    report.detail = "nobody answered";
    return report;
  }
};

class MemoryHeldStore final : public gateway::delivery::HeldStore {
 public:
  std::optional<gateway::Error> error;  // of every hold()
  std::vector<gateway::delivery::HeldMessage> messages;

  gateway::asio::awaitable<gateway::Result<void>> hold(gateway::delivery::HeldMessage message) override {
    if (error) co_return *error;
    messages.push_back(std::move(message));
    co_return gateway::Result<void>();
  }
};

}  // namespace support
