// Wiring only: the command line names a command, the command does the rest.
#include "gateway/commands/command_line.h"

int main(int argc, char** argv) { return gateway::commands::run(argc, argv); }
