#pragma once
// Listening sockets: one per address, on which all event loops accept, so that a connection comes to a loop
// that has time for it.  With one each, joined by SO_REUSEPORT, the kernel would deal the connections out
// blindly, and some would wait for a busy loop while another idles.

#include <array>
#include <functional>
#include <memory>
#include <vector>

#include "gateway/net/asio.h"
#include "gateway/net/descriptor.h"
#include "gateway/settings/settings.h"
#include "gateway/vocabulary.h"

namespace gateway::net {

struct BoundSockets {
  std::vector<Descriptor> sockets;  // the same one under several descriptors, one for each loop
  settings::Endpoint endpoint;      // with the port chosen, where 0 was asked for
};

// Listens on the address, for that many loops.  An error is a sentence for the administrator.
Result<BoundSockets> bind_listener(const settings::Endpoint& endpoint, std::size_t loops);

// Accepts on one socket until it is destroyed.  When descriptors or memory run out it pauses and goes on.
class Listener {
 public:
  using OnConnection = std::function<void(Descriptor connection, const IpAddress& peer, std::uint16_t port)>;

  Listener(asio::io_context& loop, Descriptor socket, OnConnection on_connection);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

 private:
  struct State;
  static asio::awaitable<void> accept_loop(std::shared_ptr<State> state);

  std::shared_ptr<State> state_;
};

}  // namespace gateway::net
