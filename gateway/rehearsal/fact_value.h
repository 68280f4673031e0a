#pragma once
// Facts and times given as text, on the command line or in a policy test.

#include <string_view>
#include <utility>

#include "gateway/vocabulary.h"

namespace gateway::rehearsal {

// The value a text stands for, with the type the fact has; lists are separated by commas.  The error says
// what was expected.
Result<Value> value_of(const FactSpec& spec, std::string_view text);

// --fact NAME=VALUE.
Result<std::pair<FactId, Value>> parse_fact(const Vocabulary& vocabulary, std::string_view text);

// RFC 3339 ("2026-06-01T12:00:00Z", with an offset too) or Unix seconds.
Result<Time> parse_moment(std::string_view text);

}  // namespace gateway::rehearsal
