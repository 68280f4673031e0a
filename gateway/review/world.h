#pragma once
// What the pages look at: the journal on the disk, and the gateway as it runs.

#include <filesystem>
#include <functional>
#include <memory>

#include "gateway/pipeline/in_force.h"
#include "gateway/status/status.h"
#include "gateway/vocabulary.h"

namespace gateway::held {
class Door;
}

namespace gateway::review {

using status::Status;

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

}  // namespace gateway::review
