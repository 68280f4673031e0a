#pragma once
// The requests of `postern quarantine` and `postern queue` to the running gateway:
//   {"command": "quarantine.release", "ids": ["4F7K2M9QX0TB"], "to": [], "again": false}
//   {"command": "quarantine.delete" | "queue.retry" | "queue.fail", "ids": […]}
//   {"command": "quarantine.read" | "queue.read", "ids": [one]}  → {"ok": true, "files": ["/var/…"]}
// Others answer {"ok": all was done, "messages": […]}, each as the journal tells it.

#include <boost/json/object.hpp>
#include <string_view>

#include "gateway/control/peer.h"
#include "gateway/held/desk.h"

namespace gateway::held {

bool is_request(std::string_view command);
asio::awaitable<boost::json::object> answer(Desk& desk, asio::any_io_executor workers,
                                            boost::json::object request, control::Peer peer);

}  // namespace gateway::held
