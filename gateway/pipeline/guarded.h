#pragma once
// A filter is called through these: one that throws says what it would say of trouble, as silence would read
// as consent.

#include <string_view>
#include <vector>

#include "filters/filter.h"
#include "gateway/vocabulary.h"

namespace gateway::pipeline::guarded {

filters::Finding examine(const filters::Filter& filter, const Facts& facts, const Answers& answers);
// Its bounds are met.
filters::Finding conclude(const filters::Filter& filter, const Facts& facts, const Answers& answers,
                          std::string_view because);
filters::Finding trouble(const filters::Filter& filter, std::string_view because);
std::vector<Question> foresee(const filters::Filter& filter, const Facts& facts, const Answers& answers);
// Nothing where it throws; that is logged.
std::vector<StateUpdate> learn(const filters::Filter& filter, const Facts& facts, const Answers& answers,
                               const filters::Ending& ending);

}  // namespace gateway::pipeline::guarded
