#pragma once
// Filters with some of their facts given by hand: whatever the filter finds, these stand.

#include <map>
#include <memory>

#include "gateway/pipeline/examination.h"
#include "gateway/vocabulary.h"

namespace gateway::rehearsal {

using GivenFacts = std::map<FactId, Fact>;

// A value as a fact that is given.  A look-up that fails leaves a fact in trouble: given as temperror, it is
// to be judged as it would be then.
Fact given_fact(Value value);

// The set with each filter that owns a given fact wrapped.  `filters` must outlive the result.
std::shared_ptr<const pipeline::FilterSet> with_given_facts(
    std::shared_ptr<const pipeline::FilterSet> filters, const Vocabulary& vocabulary,
    const GivenFacts& given);

}  // namespace gateway::rehearsal
