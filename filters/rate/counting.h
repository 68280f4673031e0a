#pragma once
// What is counted, and what an answer comes to.

#include <string>

#include "filters/filter.h"

namespace filters::rate {

inline constexpr std::chrono::hours kWindow{1};

// `add` is counted and told, once per transaction; 0 only tells.
StateQuestion count(std::string_view table, std::string key, double add);

// Without the state mail goes on as if nobody had sent anything yet: a count that is not there accuses
// nobody.
FactValue counted(std::string_view fact, const StateAnswer& answer);

}  // namespace filters::rate
