#pragma once
// What is allowed in a policy and probably not meant: found at load, reported as warnings.

#include <string>
#include <vector>

#include "policy/facts/facts.h"
#include "policy/rule.h"

namespace policy {

struct Advice {
  std::size_t rule = 0;  // its index
  std::string message;
};

std::vector<Advice> advice(const RuleBook& book, const Vocabulary& vocabulary);

}  // namespace policy
