#pragma once
// postern status: how the running gateway is; its exit status is what monitoring plugins have.

#include <string>

namespace gateway::commands {

// 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN: no gateway answers.
int show_status(const std::string& config, bool json);

}  // namespace gateway::commands
