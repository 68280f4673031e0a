#include "gateway/delivery/mailstore.h"

#include <algorithm>

namespace gateway::delivery {

std::string_view name(Fate fate) {
  switch (fate) {
    case Fate::taken: return "taken";
    case Fate::failed_for_now: return "failed for now";
    case Fate::failed_for_good: return "failed for good";
    case Fate::perhaps_delivered: return "perhaps delivered";
  }
  return "unknown";
}

bool DeliveryReport::any(Fate fate) const {
  return std::any_of(recipients.begin(), recipients.end(),
                     [fate](const Delivered& copy) { return copy.fate == fate; });
}

bool DeliveryReport::all(Fate fate) const {
  return std::all_of(recipients.begin(), recipients.end(),
                     [fate](const Delivered& copy) { return copy.fate == fate; });
}

}  // namespace gateway::delivery
