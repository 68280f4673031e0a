#pragma once
// Records of the journal from facts set by hand, as a gateway with that policy would have written them.

#include <set>
#include <string>
#include <vector>

#include "gateway/journal/encode.h"
#include "policy/policy.h"

namespace support {

struct RecordedMail {
  std::string facts;  // as set_facts() has it; "*" among them: the message came
  std::vector<std::string> recipients{"user@example.com"};
  std::set<std::string> not_told = {};  // facts the gateway of then did not find
  std::string refused_by = {};          // of the whole, outside the rules
  bool undecided = false;               // recipients were accepted, and no message came
  bool session = false;                 // refused in the greeting
  bool trouble_passed = false;
  gateway::journal::SubjectMode subject = gateway::journal::SubjectMode::keep;
  std::string mode = "enforce";
  std::string id = "0REC0RD00001";
  gateway::Time now = {};  // noon() of policy_bench.h where it is not said
  std::string sender = "joe@a.example";
};

// Without a line end.
std::string record_of(const RecordedMail& mail, const policy::Policy& policy);

}  // namespace support
