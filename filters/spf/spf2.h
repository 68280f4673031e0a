#pragma once
// libspf2 walks the record.  The only file that includes the library is spf2.cpp; all it gets are handles and
// addresses, see rewrite.h.

#include "policy/facts/outcome.h"

namespace filters::spf {

class Walk;

struct LibraryResult {
  policy::facts::Outcome outcome = policy::facts::Outcome::permerror;
  bool by_default = false;  // no term matched
};

LibraryResult run_spf2(Walk& walk);

}  // namespace filters::spf
