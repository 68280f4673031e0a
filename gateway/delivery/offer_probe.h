#pragma once
// Asks the servers of the mailstores what they offer, where no message has led to them lately: at start and
// every ten minutes.  Connects, says EHLO, begins TLS as configured, and leaves.

#include <chrono>
#include <memory>

#include "gateway/delivery/server_book.h"

namespace gateway::delivery {

class OfferProbe {
 public:
  OfferProbe(asio::io_context& loop, ServerBook& book);
  ~OfferProbe();  // what it has under way ends with the loop

  void run();
  // Asks at once those that are new: after a reload.
  void look_again();

 private:
  struct State;
  static asio::awaitable<void> work(std::shared_ptr<State> state);

  std::shared_ptr<State> state_;
};

// Whether a server should be asked now.
bool is_due(const KnownServer::News& news, KnownServer::Clock::time_point now);

}  // namespace gateway::delivery
