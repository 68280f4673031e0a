#pragma once
// What is left of a text for the eye: two texts with one skeleton look alike.

#include <string>
#include <string_view>

#include "policy/facts/domain.h"

namespace policy::resemblance {

// Lower case, without marks and without what cannot be seen; letters of other scripts as the Latin ones they
// look like; 0 as o, 1 i | as l, rn as m, vv as w.  Other letters stay, other ASCII stays, spaces and
// quotation marks of any script are blanks. Total and linear, never longer than the text; the skeleton of a
// skeleton is itself.
std::string skeleton(std::string_view text);

// Of the name as people see it: with U-labels.  Dots stay.
std::string skeleton(const Domain& domain);

// The front of a display name or a like text as a reader sees it: without what is not seen, and with one
// blank for several; at most 256 octets of its first 4096, padded as it may be.
std::string visible_front(std::string_view text);

}  // namespace policy::resemblance
