#pragma once
// The filters of one owner at work, a session's, a transaction's or a recipient's: runs those whose needs are
// met, asks their questions all at once, pins the answers and calls again, within bounds.  Lives on the
// session's loop; answers come in while the client is talking.

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "filters/filter.h"
#include "gateway/dns/resolver.h"
#include "gateway/state/store.h"
#include "gateway/vocabulary.h"

namespace boost::asio {
class thread_pool;
}

namespace gateway::lists {
class ListHealth;
}

namespace gateway::metrics {
class Tally;
}

namespace gateway::pipeline {

struct Bounds {  // per filter and message, DESIGN §3
  unsigned rounds = 32;
  unsigned questions = 200;
  std::chrono::milliseconds time{20'000};
  std::uint64_t on_loop_bytes = 256 << 10;  // Filter::work() beyond it is done on the worker pool
};

using FilterSet = std::vector<std::unique_ptr<filters::Filter>>;

// Whom an examination asks, and where it runs.
struct Surroundings {
  dns::Resolver& resolver;
  state::Store& state;
  asio::any_io_executor loop;
  // For what is too much for the loop; null: everything runs on it.  They must have ended before the loop
  // does.
  asio::thread_pool* workers = nullptr;
  const lists::ListHealth* lists = nullptr;  // null: no DNS list is set aside
  metrics::Tally* tally = nullptr;           // of this loop; null: nothing is counted
};

class Examination {
 public:
  // `facts` is the layer of one owner; it must outlive the examination, or its cancel().  The filters of that
  // owner write to it only through this class, on the loop.  `outer` is the examination of the owner around
  // it, of which the same holds; its evidence is put before ours.  `now` is the time state is asked with.
  // Throws std::logic_error for a set that is wrong in itself: a filter above one that it reads, or with
  // facts that are not its owner's.
  static std::shared_ptr<Examination> start(std::shared_ptr<const FilterSet> filters, Facts& facts,
                                            const Surroundings& surroundings, Time now,
                                            std::shared_ptr<Examination> outer = nullptr, Bounds bounds = {});
  virtual ~Examination() = default;

  // The facts of that phase are in.  Starts what can start and returns at once.
  virtual void reach(Phase phase) = 0;

  // Waits until these filters are done, those of outer owners among them; those whose needs are not met yet
  // are not waited for.
  virtual asio::awaitable<void> done(std::span<const std::string> filters) = 0;
  // Waits until all are done, those of outer owners too.  Call after reach(Phase::message).
  virtual asio::awaitable<void> all_done() = 0;

  // The owner is gone: outstanding answers are dropped, nothing is written to the facts any more.
  virtual void cancel() = 0;

  virtual const Answers& answers() const = 0;
  // When the last answer of the DNS came that was waited for; nothing: none was.
  virtual std::optional<std::chrono::steady_clock::time_point> heard_dns() const = 0;

  // What the filters want remembered, see Filter::learn().
  virtual std::vector<StateUpdate> learn(const filters::Ending& ending) const = 0;
};

}  // namespace gateway::pipeline
