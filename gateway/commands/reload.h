#pragma once
// postern reload: asks the running server to read its files anew, and prints what it finds.

#include <string>

namespace gateway::commands {

int reload(const std::string& config, bool json);

}  // namespace gateway::commands
