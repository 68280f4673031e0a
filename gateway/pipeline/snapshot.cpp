#include "gateway/pipeline/snapshot.h"

namespace gateway::pipeline {

Snapshot::Snapshot(const Facts& facts, const Answers& answers)
    : vocabulary_(facts.vocabulary()), facts_(vocabulary_), answers_(answers) {
  for (std::size_t i = 0; i < vocabulary_.size(); ++i) {
    const auto id = static_cast<FactId>(i);
    // What the configuration says, and it may be long, filters know since they were made.
    if (vocabulary_[id].owner != Owner::configuration) facts_.put(vocabulary_[id].name, facts.at(id));
  }
  if (facts.envelope()) {
    envelope_ = *facts.envelope();
    facts_.set_envelope(&envelope_);
  }
  facts_.set_message(facts.shared_message());
  facts_.own_evidence() = facts.evidence();
}

}  // namespace gateway::pipeline
