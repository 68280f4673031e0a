#pragma once
// Brings the shared vocabulary (Domain, Address, Facts, …) into the gateway.

#include "policy/facts/facts.h"
#include "policy/facts/question.h"
#include "policy/facts/result.h"
#include "policy/facts/text.h"

namespace gateway {

using namespace policy::facts;

}  // namespace gateway
