#pragma once
// Filters with some of their facts given by hand: whatever the filter finds, these stand.

#include <map>
#include <memory>

#include "gateway/pipeline/examination.h"
#include "gateway/vocabulary.h"

namespace gateway::commands {

using GivenFacts = std::map<FactId, Value>;

// The set with each filter that owns a given fact wrapped.  `filters` must outlive the result.
std::shared_ptr<const pipeline::FilterSet> with_given_facts(
    std::shared_ptr<const pipeline::FilterSet> filters, const Vocabulary& vocabulary,
    const GivenFacts& given);

}  // namespace gateway::commands
