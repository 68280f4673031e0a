#pragma once
// Reads expect = {…} of a policy test.

#include <optional>

#include "gateway/rehearsal/one_test.h"

namespace gateway::rehearsal {

struct ReadExpectation {
  std::optional<Expectation> expect;  // nothing: there is a mistake, and it was reported
  PassedOver off;
};

ReadExpectation read_expectation(const policy::language::TomlFile& file, const toml::node& node,
                                 const TestReading& reading, bool at_given);

}  // namespace gateway::rehearsal
