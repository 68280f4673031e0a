#pragma once
// Since when mail of one sender to one recipient has been deferred because a look-up failed, so that a broken
// DNS does not defer it for ever: policy.trouble_for, DESIGN §5.

#include <atomic>
#include <chrono>
#include <list>
#include <map>
#include <mutex>
#include <string>

#include "gateway/vocabulary.h"

namespace gateway::state {

// Who is in trouble: client network (/24, /64), envelope sender and recipient, as rules compare them.
class TroubleKey {
 public:
  TroubleKey(const IpAddress& client, const Address& sender, const Address& recipient);
  friend auto operator<=>(const TroubleKey&, const TroubleKey&) = default;

 private:
  std::string text_;
};

// Thread-safe and bounded; the one heard of least lately is forgotten first.
class TroubleMemory {
 public:
  // A client that has not tried again for that long starts anew.
  static constexpr std::chrono::hours kForgotten{24};

  explicit TroubleMemory(std::size_t most = 100'000) : most_(most) {}

  // How long it has been in trouble; zero when it was not.
  std::chrono::seconds since(const TroubleKey& key, Time now) const;
  void deferred(const TroubleKey& key, Time now);
  void settled(const TroubleKey& key);
  std::size_t size() const { return size_; }

 private:
  struct Trouble {
    Time first;
    Time last;
    std::list<const TroubleKey*>::iterator place;
  };
  using Troubles = std::map<TroubleKey, Trouble>;
  void forget(Troubles::iterator at);

  const std::size_t most_;
  mutable std::mutex mutex_;
  Troubles troubles_;
  std::atomic<std::size_t> size_{0};  // read without the lock: mostly nobody is in trouble
  std::list<const TroubleKey*> order_;  // the latest last
};

}  // namespace gateway::state
