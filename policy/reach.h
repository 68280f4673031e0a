#pragma once
// What a condition can come to over all values of its facts: found by trying those that make a difference.

#include <string>

#include "policy/condition.h"
#include "policy/facts/facts.h"

namespace policy {

// Yes, no or both; what cannot be told is taken as possible.  Facts with few values are tried with all of
// them, others with the values they are compared with and some between; what is asked twice is answered
// alike.
Truths ever_possible(const Condition& condition, const Vocabulary& vocabulary);

// Whatever meets `narrow` meets `wide`.  Not always seen.
bool implies(const Condition& narrow, const Condition& wide, const Vocabulary& vocabulary);

// Whether both may hold at once.
bool compatible(const Condition& one, const Condition& other, const Vocabulary& vocabulary);

}  // namespace policy
