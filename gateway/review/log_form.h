#pragma once
// What a search is put together with: the box, the fields, what narrows it down so far, the columns.

#include <string_view>

#include "gateway/review/log_request.h"
#include "gateway/web/html.h"

namespace gateway::review {

// `typed` is what stands in the box; `wrong` what is the matter with it, empty for nothing.
web::Html search_box(std::string_view typed, std::string_view wrong, const LogRequest& request);
web::Html search_fields(const LogRequest& request);  // the same by fields, folded
web::Html narrowed_by(const LogRequest& request);    // each word with a link that takes it away
web::Html column_choice(const LogRequest& request);  // folded

}  // namespace gateway::review
