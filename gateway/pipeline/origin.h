#pragma once
// Where mail comes from: what is known of the client, and the filters that look at it.  One for each session,
// whose transactions stand on it, as long as the same configuration is in force.

#include <memory>

#include "gateway/pipeline/examination.h"
#include "gateway/pipeline/in_force.h"
#include "gateway/smtp/client.h"
#include "gateway/vocabulary.h"

namespace gateway::pipeline {

class Origin {
 public:
  // `client` may be null: then it is not known.  `filters`: those of in_force, or others in their place.
  Origin(std::shared_ptr<const InForce> in_force, const Surroundings& surroundings, Time now,
         const smtp::Client* client, std::shared_ptr<const FilterSet> filters = nullptr);
  ~Origin();
  Origin(const Origin&) = delete;
  Origin& operator=(const Origin&) = delete;

  const std::shared_ptr<const InForce>& in_force() const { return in_force_; }
  const std::shared_ptr<const FilterSet>& filters() const { return filters_; }
  const Surroundings& surroundings() const { return surroundings_; }
  Facts& facts() { return facts_; }
  const std::shared_ptr<Examination>& examination() const { return examination_; }

  // Filters that need no more than the client begin, once.
  void begin() { examination_->reach(Phase::connect); }

 private:
  const std::shared_ptr<const InForce> in_force_;
  const std::shared_ptr<const FilterSet> filters_;
  const Surroundings surroundings_;
  Facts facts_;
  const std::shared_ptr<Examination> examination_;
};

}  // namespace gateway::pipeline
