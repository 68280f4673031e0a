#pragma once
// What becomes of an accepted message: handed to its mailstore, or kept safe here.  The reply to its sender
// follows from that, and is made in this one place.  DESIGN §9

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/delivery/held_store.h"
#include "gateway/delivery/mailstore.h"
#include "gateway/settings/settings.h"
#include "gateway/smtp/reply.h"

namespace gateway::delivery {

struct HoldInfo {                        // what the record of a held message should say
  std::string reason;                    // of a quarantined message: the rule's id
  std::function<std::string()> verdict;  // journal JSON of the transaction: made only when it is held
  bool authenticated = false;
};
using WhyHeld = std::function<HoldInfo()>;  // asked only when it is held: most messages are not

struct Handover {
  smtp::Reply reply;
  std::string text;             // a sentence for the journal
  std::string_view refused_by;  // "", "@mailstore", "@disk"
  std::optional<DeliveryReport> report;
  std::string_view held;                        // "", "retry", "quarantine"
  std::chrono::steady_clock::duration asked{};  // what the mailstore took to answer; 0: it was not asked
  std::chrono::steady_clock::duration kept{};   // what our disk took; 0: it was not needed
};

class Handler {
 public:
  using Clock = std::function<Time()>;

  Handler(std::map<std::string, std::shared_ptr<Mailstore>> mailstores, HeldStore& held,
          settings::WhenUnreachable when_unreachable, Clock clock = system_time);

  // Where another copy of the message is taken already, this one is kept whatever the mailstore says to it.
  // `parcel` and `why` must live until the end.
  enum class Others { not_taken, taken };
  asio::awaitable<Handover> hand_over(const Parcel& parcel, const WhyHeld& why,
                                      Others others = Others::not_taken);
  asio::awaitable<Handover> quarantine(Parcel parcel, HoldInfo info);

  // What can be promised to a client before it is known whom it writes to: the extensions that all mailstores
  // offer, and the size that the most patient of them takes.
  smtp::Offers offers() const;
  // The largest message that can be handed to this mailstore, as far as it said so; 0: it did not.
  std::uint64_t most_octets(std::string_view mailstore) const;
  // As Mailstore has it.
  std::map<std::string, PoolCounts> connections(std::string_view mailstore) const;

  static Time system_time();

 private:
  asio::awaitable<Handover> not_all_taken(const Parcel& parcel, const WhyHeld& why, DeliveryReport report,
                                          Others others);
  asio::awaitable<Handover> unreachable(const Parcel& parcel, const WhyHeld& why, DeliveryReport report);
  asio::awaitable<Handover> partly_taken(const Parcel& parcel, const WhyHeld& why, DeliveryReport report);
  asio::awaitable<Result<void>> hold(Parcel parcel, HoldInfo info, Keep keep);

  std::map<std::string, std::shared_ptr<Mailstore>, std::less<>> mailstores_;
  HeldStore& held_;
  settings::WhenUnreachable when_unreachable_;
  Clock clock_;
};

// The same message for those of its recipients whose copy had one of these fates.
Parcel for_those(const Parcel& parcel, const DeliveryReport& report, std::initializer_list<Fate> fates);

// How long to wait before attempt number `attempts` + 1.  `random` is 0 to 1.
std::chrono::seconds back_off(unsigned attempts, double random);

}  // namespace gateway::delivery
