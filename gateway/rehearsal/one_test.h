#pragma once
// Reads one [[test]]: its scene, its message, its zone; expect = {…} is read by expectation_reader.h.

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/rehearsal/test_reader.h"
#include "policy/language/toml_file.h"

namespace gateway::rehearsal {

// What all tests of a run are read with.
struct TestReading {
  const TestContext& context;
  std::map<std::string, policy::RuleInfo, std::less<>> rules;
  std::vector<std::string_view> fact_names;  // of the vocabulary
};

struct FactKey {
  std::string name;
  const toml::key* key;  // its last part
  const toml::node* node;
};
// The keys of a table as names of facts: a.b = … is what "a.b" = … is.
std::vector<FactKey> fact_keys(const toml::table& table, const Vocabulary& vocabulary);

// "unknown 'spf.result' in expect; did you mean …?"
std::string unknown_fact(std::string_view name, std::string_view where,
                         std::span<const std::string_view> known);

// What was read of a test; `off` says why it is passed over, empty: it is not.
struct ReadTest {
  std::optional<PolicyTest> test;
  std::string off;
};

// Nullopt when there is a mistake; all are reported.
ReadTest read_test(const policy::language::TomlFile& file, const toml::table& table,
                   const TestReading& reading);

}  // namespace gateway::rehearsal
