#pragma once
// Where a request comes from: a page of ours, or one of another site that uses the browser of our user.

#include <span>
#include <string>
#include <string_view>

#include "gateway/web/request.h"

namespace gateway::web::access {

// A POST that the browser itself says another site has sent (Sec-Fetch-Site, Origin).  Programs and old
// browsers say nothing; they need the form token all the same.
bool is_cross_site(const Request& request);

// Whether the Host field names this machine (localhost, 127.0.0.0/8, [::1]) or one of `names`.  A page of
// another site whose name was made to point here (DNS rebinding) comes with that name.
bool names_us(std::string_view host, std::span<const std::string> names);

// event=review_refused, for whoever reads the log.
void log_refusal(std::string_view why, const Request& request);

}  // namespace gateway::web::access
