#pragma once
// What was found of a chain, told to people and programs.

#include <string>
#include <vector>

#include "filters/arc/judgement.h"
#include "policy/facts/evidence.h"
#include "policy/facts/value.h"

namespace filters::arc {

// d= of the seals, the newest first.
List sealers(const Chain& chain);

// Which look-up keeps the message from being trusted.
std::string trust_trouble(const Judged& judged);

// A step per set, the newest first.
Evidence evidence(const Chain& chain, const Judged& judged);

}  // namespace filters::arc
