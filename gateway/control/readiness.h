#pragma once
// Tells systemd how we are: sd_notify(3) without its library.

#include <string_view>

namespace gateway::control {

// "READY=1", "RELOADING=1", "STOPPING=1".  Does nothing where nobody asked for it.
void notify_systemd(std::string_view state);

}  // namespace gateway::control
