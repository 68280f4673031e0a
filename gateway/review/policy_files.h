#pragma once
// The policy files as they are on the disk now, with what check says of them; and drafts in their place.

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "gateway/pipeline/in_force.h"
#include "policy/diagnostic.h"
#include "policy/load.h"

namespace gateway::review {

struct PolicyFiles {
  std::vector<policy::Ingredients::Text> texts;  // in order; the text of one that cannot be read is empty
  policy::Diagnostics diagnostics;               // of long list files only the beginning is looked at
  bool in_force = false;                         // the policy in force was made of these texts
};

PolicyFiles read_policy_files(const pipeline::InForce& in_force, Time now);

// The configuration in force with another text in the place of its policy file number `place`.  The draft
// can have no file read but the list files that the policy in force names, each as often as that does.  Null
// where it has mistakes.
std::shared_ptr<pipeline::InForce> with_draft(const pipeline::InForce& in_force, std::size_t place,
                                              std::string draft, Time now, policy::Diagnostics& diagnostics);

inline constexpr std::size_t kLongestDraft = 256 << 10;  // octets

}  // namespace gateway::review
