#pragma once
// Values as a policy test has them, written.

#include <string>
#include <string_view>

#include "gateway/vocabulary.h"

namespace gateway::rehearsal {

// A basic string, in quotes: control octets, bidirectional controls and what is no UTF-8 do not reach the
// file.  TOML 1.0, String
std::string toml_text(std::string_view text);

// As toml_fact.h reads it.
std::string toml_fact(const Fact& fact);

}  // namespace gateway::rehearsal
