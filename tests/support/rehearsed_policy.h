#pragma once
// A policy under a configuration, with the tests that stand in it: what is said of it, and what they come to.

#include <map>
#include <memory>
#include <string>

#include "gateway/pipeline/in_force.h"
#include "gateway/rehearsal/test_reader.h"

namespace support {

struct RehearsedPolicy {
  std::shared_ptr<gateway::pipeline::InForce> in_force;  // null: there is a mistake
  gateway::rehearsal::TestSet set;
  std::string said;  // every mistake, warning and failure; "" when all is well
};

// `sections` are tables of postern.toml beside one domain and its mailstore; `files` stand beside the policy,
// by name.  It is noon() of policy_bench.h.
RehearsedPolicy rehearse(const std::string& policy, const std::string& sections = {},
                         const std::map<std::string, std::string>& files = {});

// config/policy.toml.
std::string shipped_policy();

}  // namespace support
