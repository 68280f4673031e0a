#pragma once
// The record of a connection that ended without a transaction, if it is to have one: none for probes, and no
// more than the limiter allows.

#include <memory>
#include <optional>
#include <string>

#include "gateway/pipeline/desk.h"

namespace gateway::pipeline {

// What the reception knows besides.
struct SessionNotes {
  std::string id;                           // of the connection; a new one where it is empty
  std::string refused_by;                   // what refused last outside the rules
  std::optional<policy::Verdict> verdict;   // of the rule that refused in the greeting
  std::shared_ptr<const InForce> in_force;  // whose rule it was
};

void record_session(const Works& works, const asio::any_io_executor& loop, const smtp::SessionEnd& end,
                    SessionNotes notes);

}  // namespace gateway::pipeline
