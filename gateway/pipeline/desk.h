#pragma once
// What stands behind the SMTP sessions: recipients, filters, rules, delivery, journal.

#include <memory>
#include <string>

#include "gateway/dns/resolver.h"
#include "gateway/journal/id.h"
#include "gateway/journal/journal.h"
#include "gateway/journal/session_limiter.h"
#include "gateway/pipeline/in_force.h"
#include "gateway/smtp/reception.h"
#include "gateway/state/store.h"
#include "gateway/state/trouble_memory.h"

namespace gateway::capture {
class Capture;
}

namespace gateway::pipeline {

// What all sessions share; it outlives the loops.
struct Works {
  Standing& standing;
  dns::Resolver& resolver;
  state::Store& state;
  asio::thread_pool* workers;  // for large messages; may be null
  journal::IdMaker& ids;
  journal::Journal& journal;
  state::TroubleMemory& trouble;
  journal::SessionLimiter& session_limiter;
  const lists::ListHealth* lists = nullptr;  // null: no DNS list is set aside
  metrics::Tally* tally = nullptr;           // of this loop; null: nothing is counted
  capture::Capture* capture = nullptr;       // null: no message is kept for review
};

class FrontDesk final : public smtp::ReceptionDesk {
 public:
  explicit FrontDesk(Works works) : works_(works) {}
  std::unique_ptr<smtp::Reception> open(asio::any_io_executor executor) override;
  void turned_away(asio::any_io_executor executor, const smtp::SessionEnd& end) override;
  smtp::Offers offers() const override;

 private:
  const Works works_;
};

}  // namespace gateway::pipeline
