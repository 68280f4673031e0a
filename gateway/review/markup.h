#pragma once
// Pieces of HTML that several of these pages have in common.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "gateway/review/search_words.h"
#include "gateway/web/html.h"
#include "gateway/web/url.h"

namespace gateway::review {

std::string grouped(std::uint64_t number);                   // "1,234,567"
std::string share(std::uint64_t part, std::uint64_t whole);  // "12.3 %"; empty for a part of nothing

// A link to the list of what these words find, if they find anything that can be searched for.
web::Html log_link(SearchWords words, const web::Html& inside);
web::Html log_link(SearchWords words, std::string_view text);

web::Html notices(std::span<const std::string> remarks);  // none: nothing

}  // namespace gateway::review
