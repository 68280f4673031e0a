#pragma once
// Diagnostics for programs, the same in all commands.

#include <boost/json/array.hpp>

#include "policy/diagnostic.h"

namespace gateway::commands {

boost::json::array diagnostics_as_json(const policy::Diagnostics& diagnostics);

}  // namespace gateway::commands
