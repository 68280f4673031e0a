#pragma once
// The page Policy: the rules in force with their hits, the lists, the source with what check says of it; and
// a draft tried on recorded mail.  It shows files and changes none.

#include "gateway/review/policy_trial.h"
#include "gateway/review/world.h"
#include "gateway/web/routes.h"

namespace gateway::review {

// Both must outlive the routes.  To try a draft takes the role operate: it costs the gateway's machine time
// and memory, and while one runs nobody else can.  Whoever may look may see what came of it.
void add_policy_pages(web::Routes& routes, const World& world, PolicyTrial& trial);

web::Response policy_page(const web::Request& request, const World& world);

// /policy/trial: how far it is, or what came of it.
web::Response trial_page(const web::Request& request, const World& world, const PolicyTrial& trial);

// The form for a draft: a policy file's text to change, and the days it is tried on.
web::Html draft_form(const web::Request& request, const std::vector<settings::Path>& files, std::size_t place,
                     std::string_view text, unsigned days);

}  // namespace gateway::review
