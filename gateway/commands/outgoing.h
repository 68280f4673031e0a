#pragma once
// Where accepted mail goes in the running gateway: the mailstores, what is held on our disk, who tries again,
// who removes, and who does what people ask.  On the main loop.

#include <functional>
#include <memory>

#include "gateway/delivery/file_held_store.h"
#include "gateway/delivery/offer_probe.h"
#include "gateway/delivery/retrier.h"
#include "gateway/delivery/server_book.h"
#include "gateway/held/desk.h"
#include "gateway/held/door.h"
#include "gateway/held/retention.h"
#include "gateway/journal/note.h"
#include "gateway/pipeline/in_force.h"

namespace gateway::commands {

class Outgoing {
 public:
  using Recorder = std::function<void(const journal::Audit&)>;

  // `settings` of the start.  All of these must outlive the loop.
  Outgoing(asio::io_context& main, const settings::Settings& settings, delivery::Disk& disk,
           asio::any_io_executor workers, Recorder record);

  // Makes the directories.  An error is a sentence for the administrator.
  Result<void> prepare();
  // Gives it what its mail is delivered by; the first time retries and the like begin, later ones take it up.
  Result<void> equip(pipeline::InForce& in_force);

  // No retry nor release begins any more; `one_done` is called kEnds times, when those under way have ended.
  void stop(const std::function<void()>& one_done);
  static constexpr std::size_t kEnds = 3;
  std::size_t at_work() const;  // of the three
  // Nobody waits for it any longer: the loop runs no more.
  void close_door();
  // Takes all of it apart but the held messages and the servers.
  void take_apart();

  held::Desk& desk() { return *desk_; }
  held::Door* door() { return door_.get(); }
  delivery::ServerBook& servers() { return servers_; }
  std::filesystem::path directory(delivery::Keep keep) const { return held_.directory(keep); }

 private:
  void begin(const delivery::Mailstores& mailstores, const settings::Settings& settings);

  asio::io_context& main_;
  delivery::Disk& disk_;
  const asio::any_io_executor workers_;
  const std::string hostname_;
  const Recorder record_;
  delivery::ServerBook servers_;
  delivery::FileHeldStore held_;
  std::unique_ptr<delivery::Retrier> retrier_;
  std::unique_ptr<held::Desk> desk_;
  std::unique_ptr<held::Door> door_;
  std::unique_ptr<held::Retention> retention_;
  std::unique_ptr<delivery::OfferProbe> probe_;
};

}  // namespace gateway::commands
