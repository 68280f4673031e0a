#pragma once
// From a request to its answer: the page is found, the visitor is known, his role suffices, a form is ours.
// Here and nowhere else, so that no page can forget it.

#include <functional>

#include "gateway/web/doorkeeper.h"
#include "gateway/web/routes.h"

namespace gateway::web {

// What stands between a request and the threads that pages may take.
using Turn = std::function<bool()>;  // false: all of them are taken

// `request` has its method, target, headers, peer and body as they came; the rest is filled in here.
Response answer(Request& request, const Routes& routes, Doorkeeper& doorkeeper, const Turn& turn);

// How much may be posted there; 0 where nothing may.
std::size_t most_octets(const Request& request, const Routes& routes);

}  // namespace gateway::web
