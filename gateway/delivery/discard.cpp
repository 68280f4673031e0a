#include "gateway/delivery/discard.h"

namespace gateway::delivery {

asio::awaitable<DeliveryReport> Discard::deliver(const Parcel& parcel) {
  DeliveryReport report;
  report.server = "discard";
  report.recipients.assign(parcel.recipients.size(), Delivered{Fate::taken, 250, "2.0.0", "discarded"});
  co_return report;
}

}  // namespace gateway::delivery
