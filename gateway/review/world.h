#pragma once
// What the pages look at: the journal on the disk, and the gateway as it runs.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/dns/resolver.h"
#include "gateway/journal/index/indexer.h"
#include "gateway/journal/journal.h"
#include "gateway/pipeline/in_force.h"
#include "gateway/vocabulary.h"

namespace gateway::held {
class Door;
}

namespace gateway::review {

struct ListStatus {  // a list in the DNS
  std::string id;
  std::string why_aside = {};  // why it is not asked now; empty: it is
};

// How the gateway is at this moment.
struct Status {
  std::string version;
  std::string hostname;
  std::string mode;  // "enforce", "observe", "soft"
  std::string policy_version;
  Time started{};
  std::vector<std::string> trials;           // rules of the policy in force that are on trial
  std::vector<ListStatus> lists;             // in the order of the configuration
  std::optional<std::uint64_t> held;         // messages that wait for the mailstore; nothing: cannot be read
  std::optional<std::uint64_t> quarantined;  // that wait for a person
  journal::Journal::Counts journal;
  std::optional<journal::index::Indexer::State> index;  // nothing: there is no index
  dns::ResolverCounts dns;
};

// All of it must outlive the pages; the functions are called from their threads.
struct World {
  std::filesystem::path journal;
  std::function<Status()> status;
  std::function<std::shared_ptr<const pipeline::InForce>()> in_force;
  std::function<Time()> now;
  std::filesystem::path quarantine;  // the directory of what is held for a person
  held::Door* held = nullptr;        // to whoever decides about it
  std::function<bool()> leaving{};   // whether the gateway ends: what takes long is given up
};

// What an administrator should know of the journal and its index: one sentence each; none when all is well.
std::vector<std::string> remarks(const Status& status);

}  // namespace gateway::review
