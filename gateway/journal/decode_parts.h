#pragma once
// Parts of a record read back, each from the value a reader stands in front of.

#include <string>
#include <vector>

#include "gateway/journal/json_reader.h"
#include "gateway/journal/recorded.h"

namespace gateway::journal {

inline constexpr std::size_t kMostRows = 4096;  // of each list in a record

// What is no text leaves it as it is.
void read(JsonReader& json, std::string& text);
// Whole numbers from 0 on.
std::uint64_t read_count(JsonReader& json);
void read(JsonReader& json, std::vector<std::string>& texts);
void read(JsonReader& json, Time& when);
// One octet per code point (U+0000 to U+00FF), as JsonWriter::octets() has it.
std::string read_octets(JsonReader& json);

// What a verdict was, and what was said of it.
struct ReadVerdict {
  policy::Verdict verdict;
  std::string rule;
  std::string reply;
};
ReadVerdict read_verdict(JsonReader& json);
// The rules decided nothing: a name of the gateway's own, or none.
bool is_of_rules(std::string_view rule);

void read(JsonReader& json, Evidence& evidence);
void read(JsonReader& json, policy::RuleOutcome& rule);
// Value or state, as the vocabulary's type.
void read(JsonReader& json, const FactSpec* spec, RecordedFact& fact);
std::optional<RecordedDns> read_dns(JsonReader& json);
std::optional<RecordedState> read_state(JsonReader& json);
void read(JsonReader& json, DeliveryEntry& delivery);

// Each element of the array, up to kMostRows.
template <class Row>
void read_rows(JsonReader& json, std::vector<Row>& rows) {
  json.array([&] {
    if (rows.size() < kMostRows) read(json, rows.emplace_back());
  });
}

}  // namespace gateway::journal
