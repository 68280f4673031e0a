#pragma once
// A policy from text, and facts set by hand: what the rules come to.

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "policy/policy.h"

namespace support {

// The vocabulary of the gateway with all its filters; `off` are switched off.
const policy::Vocabulary& full_vocabulary();

struct LoadedPolicy {
  std::shared_ptr<const policy::Policy> policy;  // null when there was an error
  std::string diagnostics;                       // rendered; files by their bare names
};

// `text` is a policy file; lists in files are looked for in `directory`.
LoadedPolicy load_policy(std::string_view text, const policy::PolicyOptions& options = {},
                         const policy::Vocabulary& vocabulary = full_vocabulary(),
                         const std::filesystem::path& directory = {});

// 2026-06-01T12:00:00Z: the time policies are loaded at, and `now` where nothing else is said.
policy::Time noon();

// Facts as text: "dmarc.result=fail; dmarc.policy=reject; client.ip=192.0.2.1; spf.mailfrom=!timeout".  A
// value beginning with '!' is trouble; "*" sets every fact not named to a harmless known value; header fields
// are "Name: value" parts.
void set_facts(policy::Facts& facts, std::string_view text);

}  // namespace support
