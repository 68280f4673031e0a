#pragma once
// The review pages as text: what was decided lately, and the story of one message.  Everything from outside
// is escaped; no script, no foreign resource.

#include <span>
#include <string>
#include <string_view>

namespace gateway::review {

std::string escape_html(std::string_view text);
// Records are lines of the journal, the newest first.
std::string overview_page(std::span<const std::string> transactions, std::span<const std::string> sessions);
std::string message_page(const std::string& record);
std::string not_found_page();

}  // namespace gateway::review
