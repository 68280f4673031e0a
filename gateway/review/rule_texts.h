#pragma once
// What the policy files say of each rule in their own words, for people to read.

#include <map>
#include <string>
#include <vector>

#include "policy/load.h"

namespace gateway::review {

struct RuleText {
  std::size_t file = 0;  // its place among the texts
  unsigned line = 0;     // of its id
  std::string when;
  std::string follows;  // "reject, 550 5.7.1 …", "score 5"
  std::string note;
  std::string until;
};

// By id.  Rules in which something is wrong have what can be read of them.
std::map<std::string, RuleText, std::less<>> rule_texts(const std::vector<policy::Ingredients::Text>& texts);

}  // namespace gateway::review
