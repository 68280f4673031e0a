#pragma once
// From a listening socket to connections, for as long as the server lives.

#include <functional>

namespace gateway::web {

// Gives the socket of each client to `take`, which owns it from then on, until `stop` becomes readable.  What
// fails (no descriptor is free, a client went away before it was taken) is logged and tried again.
// `listening` no longer blocks afterwards.
void accept_clients(int listening, int stop, const std::function<void(int socket)>& take);

}  // namespace gateway::web
