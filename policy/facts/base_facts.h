#pragma once
// The facts the gateway itself learns from the connection, the envelope and the message; all others come from
// filters.

#include <span>

#include "policy/facts/facts.h"

namespace policy::inline facts {

std::span<const FactSpec> base_facts();

}  // namespace policy::inline facts
