#pragma once
// How a DMARC result was found, step by step: the walk of the author domain, whether the domain exists, and
// each identity that passed or may, with its own walk where that decided.

#include <vector>

#include "policy/facts/domain.h"
#include "policy/facts/evidence.h"

namespace filters::dmarc {

struct Judgement;

std::vector<policy::Step> steps_of(const policy::Domain& author, const Judgement& judgement);

}  // namespace filters::dmarc
