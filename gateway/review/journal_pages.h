#pragma once
// The pages of what is recorded: Overview, Log, Message, and the API behind them.

#include "gateway/review/world.h"
#include "gateway/web/routes.h"

namespace gateway::review {

// `world` must outlive the routes.
void add_journal_pages(web::Routes& routes, const World& world);

}  // namespace gateway::review
