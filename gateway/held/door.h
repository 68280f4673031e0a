#pragma once
// The desk for those who are on other threads: they ask, and wait for what came of it.

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "gateway/held/desk.h"

namespace gateway::held {

// Thread-safe, but for the main loop, which must not ask itself.
class Door {
 public:
  // Both must outlive what runs on the loop.
  Door(asio::io_context& main, Desk& desk) : main_(main), desk_(desk) {}

  // Nothing: it takes longer than `patience`, or the gateway is ending.  What was begun goes on all the same.
  std::optional<Outcome> release(std::vector<std::string> ids, ReleaseTerms terms, Person person);
  std::optional<Outcome> remove(std::vector<std::string> ids, Person person);
  std::optional<Desk::Reading> read(std::string id, Person person);

  // Nobody waits any longer: the loop runs no more.
  void close() { closed_ = true; }

 private:
  template <class T, class Work>
  std::optional<T> ask(Work work);

  asio::io_context& main_;
  Desk& desk_;
  std::atomic<bool> closed_{false};
};

}  // namespace gateway::held
