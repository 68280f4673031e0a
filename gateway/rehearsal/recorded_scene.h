#pragma once
// A recorded transaction as a scene to be rehearsed, in disguise or not.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/journal/recorded.h"
#include "gateway/pipeline/in_force.h"
#include "gateway/rehearsal/disguise.h"
#include "gateway/rehearsal/rehearsal.h"

namespace gateway::rehearsal {

// How one rehearsal of it came out.
struct Course {
  std::string action;
  std::string rule;
  std::vector<policy::Truth> held;  // of each rule
  friend bool operator==(const Course&, const Course&) = default;
};

struct RecordedScene {
  std::optional<IpAddress> ip;
  std::optional<std::string> helo;
  Address sender;
  Address recipient;
  Time now{};
  std::optional<std::vector<std::string>> fields;  // "Name: value"; nothing: no message came
  GivenFacts given;                                // what a rehearsal does not find by itself
};

// Of the recipient with that address.  Rehearses it to see which facts must be given.
RecordedScene scene_of(const journal::Recorded& recorded, const Address& recipient,
                       const std::shared_ptr<const pipeline::InForce>& in_force, Disguise& disguise);

Course rehearse(const RecordedScene& scene, const std::shared_ptr<const pipeline::InForce>& in_force);

}  // namespace gateway::rehearsal
