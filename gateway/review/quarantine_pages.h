#pragma once
// The Quarantine page: what is held for a person, a safe look at each message, release and deletion; and the
// JSON behind it.

#include "gateway/review/world.h"
#include "gateway/web/routes.h"

namespace gateway::review {

void add_quarantine_pages(web::Routes& routes, const World& world);

}  // namespace gateway::review
