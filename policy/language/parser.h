#pragma once
// Reads a condition: or < and < not < comparison.  A Pratt parser, bounded in depth and size.

#include <optional>
#include <string_view>
#include <vector>

#include "policy/language/syntax.h"

namespace policy::language {

inline constexpr std::size_t kDepth = 50;     // parentheses and nots within each other
inline constexpr std::size_t kTokens = 4000;  // of one condition

// Nullopt when there is a mistake; `mistakes` says which.
std::optional<Term> parse_condition(std::string_view condition, std::vector<Mistake>& mistakes);

// The words that are operators, for diagnostics.
bool is_operator_word(std::string_view word);

}  // namespace policy::language
