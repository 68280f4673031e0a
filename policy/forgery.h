#pragma once
// What a stranger can make of a condition: whether a rule that lets mail pass can be met by anyone.

#include <optional>
#include <string_view>

#include "policy/condition.h"
#include "policy/facts/facts.h"

namespace policy {

// How a stranger meets it, with the mend, for people; nullopt when he cannot.
std::optional<std::string_view> way_to_forge(const Condition& condition, const Vocabulary& vocabulary);

}  // namespace policy
