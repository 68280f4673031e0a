#pragma once
// The lists that are not to be asked, as the gateway says of them: the fact dns_lists.set_aside, whose
// members read "zen: why".

#include <optional>
#include <string>
#include <string_view>

#include "policy/facts/facts.h"

namespace filters::dnsxl {

using namespace policy::facts;

std::string set_aside_text(std::string_view list, std::string_view why);

// Why the list is set aside, or nothing when it may be asked.
std::optional<std::string_view> set_aside(const Facts& facts, std::string_view list);
std::optional<std::string_view> set_aside(const List& texts, std::string_view list);  // of such texts

}  // namespace filters::dnsxl
