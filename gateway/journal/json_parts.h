#pragma once
// Parts that the journal's records have in common, as JSON.

#include <ranges>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/journal/conclusion.h"
#include "gateway/journal/json_writer.h"
#include "gateway/journal/preamble.h"
#include "gateway/vocabulary.h"
#include "policy/verdict.h"

namespace gateway::journal {

// Each writes one value.
void write(JsonWriter& json, Time when);  // RFC 3339, as to_text() has it
void write(JsonWriter& json, const std::vector<std::string>& texts);
void write(JsonWriter& json, const policy::Verdict& verdict, const Conclusion& conclusion);
void write(JsonWriter& json, const policy::RuleOutcome& rule);

// Into the record, an object that is open already: what is the same in all of them.
void write_preamble(JsonWriter& json, std::string_view kind, const Preamble& preamble);

template <std::ranges::range Rows>
void write_rows(JsonWriter& json, const Rows& rows) {
  json.begin_array();
  for (const auto& row : rows) write(json, row);
  json.end_array();
}

}  // namespace gateway::journal
