#pragma once
// The list that `postern list` is asked about, as the configured policy has it.

#include <optional>
#include <string>
#include <vector>

#include "gateway/list_files/list_edit.h"
#include "gateway/settings/settings.h"
#include "policy/policy.h"

namespace gateway::commands {

struct PolicyLists {
  std::shared_ptr<const settings::Settings> settings;
  std::vector<policy::ListInfo> lists;
  bool mistakes = false;  // the policy has some: it runs nowhere, or will not after a reload
};

// Of a policy with mistakes, too: in an emergency it must not matter.  The error's text has all there is to
// say.
Result<PolicyLists> read_lists(const std::string& config, Time now);

// The error names the nearest.
Result<policy::ListInfo> choose(const PolicyLists& from, std::string_view name);

// What entries of the list are compared as.
list_files::Kind kind_of(const policy::ListInfo& list);

}  // namespace gateway::commands
