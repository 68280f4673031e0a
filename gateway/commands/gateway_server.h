#pragma once
// The running gateway: its threads, and everything they share, made in the right order and ended in the
// reverse.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/held/desk.h"
#include "gateway/list_files/news.h"
#include "gateway/net/asio.h"
#include "gateway/pipeline/in_force.h"
#include "gateway/status/status.h"

namespace gateway::commands {

class GatewayServer {
 public:
  // Binds, locks and opens everything; an error is a sentence for the administrator.  Threads run when this
  // returns.  `main` is the loop of signals, control and retries; the caller runs it.
  static Result<std::unique_ptr<GatewayServer>> start(asio::io_context& main,
                                                      std::shared_ptr<pipeline::InForce> in_force);
  virtual ~GatewayServer() = default;

  // Where it listens, with the ports that were chosen.
  virtual std::vector<std::string> addresses() const = 0;
  virtual std::string review_address() const = 0;  // empty: no review pages

  // Puts a new configuration in force.  The sentence says what needs a restart to change; empty: nothing.
  virtual Result<std::string> reload(std::shared_ptr<pipeline::InForce> in_force) = 0;

  virtual std::shared_ptr<const pipeline::InForce> in_force() const = 0;  // from any thread
  // Puts `next`, which is `from` with other entries in its lists, in its place; false when `from` is no
  // longer in force.
  virtual bool renew(const std::weak_ptr<const pipeline::InForce>& from,
                     std::shared_ptr<pipeline::InForce> next) = 0;

  virtual status::Status status() = 0;          // from any thread; looks at disks and indexes
  virtual list_files::News& list_news() = 0;    // to be told what becomes of list files
  virtual held::Desk& held() = 0;               // on the main loop
  virtual asio::any_io_executor workers() = 0;  // for what blocks

  // Stops listening and lets sessions and the retry under way finish; `done` is called on the main loop when
  // they have, or after `patience`.
  virtual void finish(std::chrono::seconds patience, std::function<void()> done) = 0;

  // Sessions and retries under way.  While there are any, what they hold must not be taken apart.
  virtual std::size_t busy() const = 0;
  // Ends the threads all the same and writes the journal; nothing but the end of the process may follow.
  virtual void cut() = 0;
};

}  // namespace gateway::commands
