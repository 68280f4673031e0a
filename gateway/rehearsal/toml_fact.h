#pragma once
// Facts and times as a policy test writes them: TOML values, typed by the fact's type.

#include <toml++/toml.h>

#include "gateway/vocabulary.h"

namespace gateway::rehearsal {

// true, 3, "text", ["a", "b"], 2027-01-31; or { state = "troubled" }, { state = "open" }, as explain --json
// prints them, with because = ["…"] where wanted.  The error says what was expected.
Result<Fact> fact_of(const FactSpec& spec, const toml::node& node);

// A TOML date or time (UTC where it has no offset), or a text as --at takes it.
Result<Time> moment_of(const toml::node& node);

// { state = … } and not a name in several parts, which TOML makes a table of as well.
bool is_state(const toml::table& table);

}  // namespace gateway::rehearsal
