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

// Why a test is not run; empty: it is.
struct PassedOver {
  std::string why;
  bool waits = false;  // for a filter to be configured, and for nothing else: nobody need be told

  bool empty() const { return why.empty(); }
  void add(std::string reason, bool that_waits) {
    waits = that_waits && (empty() || waits);
    why = std::move(reason);
  }
  void add_filter(std::string_view fact, std::string_view filter);
};

// What was read of a test.
struct ReadTest {
  std::optional<PolicyTest> test;
  PassedOver off;
};

// Nullopt when there is a mistake; all are reported.
ReadTest read_test(const policy::language::TomlFile& file, const toml::table& table,
                   const TestReading& reading);

}  // namespace gateway::rehearsal
