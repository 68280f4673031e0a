#pragma once
// The filters at work on one transaction: runs those whose needs are met, asks their questions all at once,
// pins the answers and calls again, within bounds.  Lives on the session's loop; answers come in while the
// client is talking.

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "filters/filter.h"
#include "gateway/dns/resolver.h"
#include "gateway/vocabulary.h"

namespace boost::asio {
class thread_pool;
}

namespace gateway::pipeline {

struct Bounds {  // per filter and message, DESIGN §3
  unsigned rounds = 32;
  unsigned questions = 200;
  std::chrono::milliseconds time{20'000};
  std::uint64_t on_loop_bytes = 256 << 10;  // Filter::work() beyond it is done on the worker pool
};

using FilterSet = std::vector<std::unique_ptr<filters::Filter>>;

class Examination {
 public:
  // `facts` is the transaction's layer; it must outlive the examination, or its cancel().  The filters write
  // to it only through this class, on the loop.  `workers` may be null: then everything runs on the loop;
  // they must have ended before the loop does.  Throws std::logic_error for a set that is wrong in itself: a
  // filter above one that it reads, or with facts that are not the transaction's.
  static std::shared_ptr<Examination> start(std::shared_ptr<const FilterSet> filters, Facts& facts,
                                            dns::Resolver& resolver, asio::any_io_executor loop,
                                            asio::thread_pool* workers, Bounds bounds = {});
  virtual ~Examination() = default;

  // The facts of that phase are in.  Starts what can start and returns at once.
  virtual void reach(Phase phase) = 0;

  // Waits until these filters are done; those whose needs are not met yet are not waited for.
  virtual asio::awaitable<void> done(std::span<const std::string> filters) = 0;
  // Waits until all are done.  Call after reach(Phase::message).
  virtual asio::awaitable<void> all_done() = 0;

  // The transaction is over: outstanding answers are dropped, nothing is written to the facts any more.
  virtual void cancel() = 0;

  virtual const Answers& answers() const = 0;
};

}  // namespace gateway::pipeline
