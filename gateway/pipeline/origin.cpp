#include "gateway/pipeline/origin.h"

#include "gateway/lists/list_health.h"
#include "gateway/pipeline/gather.h"

namespace gateway::pipeline {

Origin::Origin(std::shared_ptr<const InForce> in_force, const Surroundings& surroundings, Time now,
               const smtp::Client* client, std::shared_ptr<const FilterSet> filters)
    : in_force_(std::move(in_force)),
      filters_(filters ? std::move(filters) : in_force_->filters),
      surroundings_(surroundings),
      facts_(in_force_->facts, Owner::session),
      examination_(Examination::start(filters_, facts_, surroundings_, now)) {
  if (client) learn_client(facts_, *client);
  const auto set_aside = surroundings_.lists ? surroundings_.lists->set_aside() : nullptr;
  learn_lists(facts_, set_aside ? *set_aside : List());
}

Origin::~Origin() { examination_->cancel(); }

}  // namespace gateway::pipeline
