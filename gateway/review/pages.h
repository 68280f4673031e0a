#pragma once
// The review pages: what was decided lately, and the story of one message.

#include <span>
#include <string>

#include "gateway/web/layout.h"

namespace gateway::review {

// Records are lines of the journal, the newest first.
web::Response overview_page(const web::Request& request, std::span<const std::string> transactions,
                            std::span<const std::string> sessions);
web::Response message_page(const web::Request& request, const std::string& record);
web::Response not_found_page(const web::Request& request);

}  // namespace gateway::review
