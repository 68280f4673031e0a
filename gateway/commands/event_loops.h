#pragma once
// The event loops, each with a thread and sessions of its own, and the listeners they share.

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gateway/metrics/tally.h"
#include "gateway/net/listener.h"
#include "gateway/pipeline/desk.h"
#include "gateway/smtp/server.h"
#include "gateway/smtp/session_count.h"

namespace gateway::commands {

class EventLoops {
 public:
  EventLoops();
  ~EventLoops();  // stops them; what sessions use must live longer
  EventLoops(const EventLoops&) = delete;
  EventLoops& operator=(const EventLoops&) = delete;

  // How many there will be: one for each processor.
  unsigned size() const { return size_; }

  // Every address of the settings, for every loop, so that what cannot be had is known before anything runs.
  Result<void> bind(const settings::Settings& settings);

  // Takes mail from here on.
  void run(const settings::Settings& settings, const std::shared_ptr<const net::TlsServer>& tls,
           pipeline::Works works, const std::shared_ptr<const smtp::Spool>& spool,
           const std::shared_ptr<net::ConnectionCount>& connections);
  // New connections get these settings.  From the main loop.
  void reload(const settings::Settings& settings, const std::shared_ptr<const net::TlsServer>& tls);
  // Stops listening and lets sessions finish; `one_done` is called on each loop when its own have.
  void finish(const std::function<void()>& one_done);
  // Behind finish(): ends the sessions that are left, each with a reply and a record, and waits for that.
  void cut_short(std::chrono::milliseconds patience);
  void stop();

  std::size_t sessions() const;  // under way; from any thread

  struct Listening {
    std::string address;  // with the port that was chosen
    std::shared_ptr<smtp::SessionCount> count;
  };
  const std::vector<Listening>& listening() const { return listening_; }
  const std::vector<std::unique_ptr<metrics::Tally>>& tallies() const { return tallies_; }  // of each loop

 private:
  struct Loop;
  const unsigned size_;
  std::vector<net::BoundSockets> bound_;
  std::vector<Listening> listening_;
  std::vector<std::unique_ptr<metrics::Tally>> tallies_;
  std::vector<std::unique_ptr<Loop>> loops_;
};

}  // namespace gateway::commands
