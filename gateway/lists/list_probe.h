#pragma once
// Asks the lists for their test points: at the start, every ten minutes, and at once where one looks wrong.

#include <chrono>
#include <functional>
#include <memory>

#include "gateway/dns/resolver.h"
#include "gateway/lists/list_health.h"
#include "gateway/net/asio.h"

namespace gateway::lists {

class ListProbe {
 public:
  struct World {
    dns::Resolver& resolver;
    std::shared_ptr<ListHealth> health;
    std::function<std::uint32_t()> random;  // for addresses that nobody has asked for before
    bool from_file = false;  // answers come from a zone file, which need not hold the points of lists in it
  };

  // On `loop`; the resolver must live until the probe and the loop's outstanding work are gone.
  ListProbe(asio::any_io_executor loop, World world);
  ~ListProbe();
  ListProbe(const ListProbe&) = delete;
  ListProbe& operator=(const ListProbe&) = delete;

  void run();

  // Until each list has been tested once, or patience is over: what has not been is not asked until it has.
  asio::awaitable<void> first_round(std::chrono::milliseconds patience);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace gateway::lists
