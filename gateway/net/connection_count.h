#pragma once
// How many connections there are, in all and by client network (/24, /64).  Shared by all threads.

#include <atomic>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "gateway/vocabulary.h"

namespace gateway::net {

// From the limit by network, or from that of all connections as well.
enum class Exempt { no, by_network, entirely };

class ConnectionCount : public std::enable_shared_from_this<ConnectionCount> {
 public:
  ConnectionCount(unsigned in_all, unsigned per_network) : in_all_(in_all), per_network_(per_network) {}

  // One connection's place, given back at the end of its life.
  class Slot {
   public:
    Slot() = default;
    Slot(Slot&& other) noexcept;
    Slot& operator=(Slot&& other) noexcept;
    ~Slot();

    // The connection turns out to be this client's (PROXY protocol).  False when its network has too many.
    bool move_to(const IpAddress& client, bool exempt);

   private:
    friend class ConnectionCount;
    std::shared_ptr<ConnectionCount> count_;
    std::optional<Network> network_;  // empty when exempt
  };

  // Nullopt when there are too many.  Who is exempt takes a place among all, too.
  std::optional<Slot> enter(const IpAddress& client, Exempt exempt);
  unsigned now() const;

  // Connections whose descriptor has this number or a higher one find no room: see DescriptorPlan.
  void descriptors(int ceiling) { ceiling_ = ceiling; }
  bool has_room(int descriptor) const { return descriptor < ceiling_; }

  void limit(unsigned in_all, unsigned per_network);  // after a reload

 private:
  bool join(const Network& network);
  void leave(const Network& network);
  void end();

  std::atomic<int> ceiling_{std::numeric_limits<int>::max()};
  mutable std::mutex mutex_;
  unsigned in_all_;
  unsigned per_network_;
  unsigned now_ = 0;
  std::map<Network, unsigned> by_network_;
};

}  // namespace gateway::net
