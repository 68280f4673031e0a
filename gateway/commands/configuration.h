#pragma once
// The configuration as check, serve and reload read it: settings, policy, and the files that only a server
// opens.

#include <memory>
#include <optional>
#include <string>

#include "gateway/pipeline/in_force.h"

namespace gateway::commands {

// All mistakes are reported; null when one is an error.  Certificates and the DNS zone are opened too, so
// that they are found wanting here.
std::shared_ptr<pipeline::InForce> load_configuration(const std::string& file,
                                                      policy::Diagnostics& diagnostics,
                                                      std::optional<settings::Mode> mode = std::nullopt);

}  // namespace gateway::commands
