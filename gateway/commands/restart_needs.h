#pragma once
// Settings that are read once, when the gateway starts.

#include <string>

#include "gateway/settings/settings.h"

namespace gateway::commands {

// A sentence that names those which differ; empty: none does.
std::string restart_needs(const settings::Settings& now, const settings::Settings& then);

}  // namespace gateway::commands
