#pragma once
// The command line of DESIGN §6: which command, with which options.

namespace gateway::commands {

// Exit status: 0 fine, 1 found a problem or nothing, 2 bad usage, 78 bad configuration (serve).
int run(int argc, char** argv);

}  // namespace gateway::commands
