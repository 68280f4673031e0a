#pragma once
// Who speaks to us over the control socket, as the kernel knows them.

#include <sys/types.h>

#include <string>

namespace gateway::control {

struct Peer {
  uid_t uid = 0;
  pid_t pid = 0;
};

// "alice"; "alice (as root)" for who logged in as alice and became root since, as sudo and su leave it in
// /proc/PID/loginuid; "uid 1003" for who has no name.  May ask the network for it: not on a loop.
std::string name_of(const Peer& peer);

}  // namespace gateway::control
