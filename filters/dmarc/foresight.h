#pragma once
// What DMARC will ask once SPF and DKIM have said their word, asked while they are still at work.

#include <vector>

#include "filters/filter.h"

namespace filters::dmarc {

// The walk of the author domain; when that is answered, whether the author domain exists, where its policy
// hangs on that, and the walks of those who could vouch for it: the envelope sender (or the HELO name, for a
// null sender) and the signing domains, as far as they are under its organisation.  What stands in no such
// walk costs nothing, and what nobody vouches for in the end was asked in vain.
std::vector<Question> foresee(const Domain& author, const Facts& facts, const Answers& answers);

}  // namespace filters::dmarc
