#pragma once
// How often somebody tried to log in: by network and by name, in a bounded memory.

#include <chrono>
#include <cstddef>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace gateway::web::access {

class Attempts {
 public:
  using Clock = std::chrono::steady_clock;
  struct Limits {
    unsigned most = 10;  // within …
    std::chrono::seconds window{600};
    std::size_t keys = 10'000;  // with more the one that was begun longest ago is forgotten
  };

  Attempts() : Attempts(Limits{}) {}
  explicit Attempts(Limits limits) : limits_(limits) {}

  // Counts one, before it is known how it ends: many at once gain nothing.  Nothing: go on; else how long to
  // wait.
  std::optional<std::chrono::seconds> count(std::string_view key, Clock::time_point now);
  // It was a right password after all: that one counts no longer.
  void forgive(std::string_view key);
  std::size_t size() const;

 private:
  struct Count {
    unsigned attempts = 0;
    Clock::time_point since;
    std::list<std::string>::iterator place;  // in order_
  };
  void forget(std::map<std::string, Count, std::less<>>::iterator which);

  const Limits limits_;
  mutable std::mutex mutex_;
  std::map<std::string, Count, std::less<>> counts_;
  std::list<std::string> order_;  // by `since`, the oldest first
};

}  // namespace gateway::web::access
