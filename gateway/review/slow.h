#pragma once
// What is not in the index is read from the lines, which for gigabytes takes long: nobody should set that off
// by opening a page.

#include <optional>

#include "gateway/journal/index/search.h"
#include "gateway/web/layout.h"
#include "gateway/web/request.h"
#include "gateway/web/response.h"

namespace gateway::review {

// The answer that says so, with a link to go on all the same; nothing: it does not take long, or was asked
// for by slow=yes.
std::optional<web::Response> too_slow(const web::Request& request, journal::index::Search& search,
                                      std::optional<Time> since, std::optional<Time> until,
                                      web::Section section);

}  // namespace gateway::review
