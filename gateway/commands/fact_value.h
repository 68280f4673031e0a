#pragma once
// A fact given on the command line: --fact sender.is_null=true.

#include <string_view>
#include <utility>

#include "gateway/vocabulary.h"

namespace gateway::commands {

// "NAME=VALUE" with the type the fact has; lists are separated by commas.  The error says what was expected.
Result<std::pair<FactId, Value>> parse_fact(const Vocabulary& vocabulary, std::string_view text);

// RFC 3339 ("2026-06-01T12:00:00Z", with an offset too) or Unix seconds.
Result<Time> parse_moment(std::string_view text);

}  // namespace gateway::commands
