#pragma once
// The configuration as check, serve and reload read it: settings, policy with its tests, and the files that
// only a server opens.

#include <memory>
#include <optional>
#include <string>

#include "gateway/pipeline/in_force.h"

namespace gateway::commands {

struct Configuration {
  std::shared_ptr<pipeline::InForce> in_force;  // null: something is wrong
  std::size_t tests = 0;                        // of the policy, that were run
};

// All mistakes are reported, and what the policy's tests expect and do not get is one.  Certificates and the
// DNS zone are opened too, so that they are found wanting here.  Takes some milliseconds for each test.
Configuration load_configuration(const std::string& file, policy::Diagnostics& diagnostics,
                                 std::optional<settings::Mode> mode = std::nullopt);

}  // namespace gateway::commands
