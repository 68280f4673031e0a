#pragma once
// Authors from outside who could be taken for somebody here.

#include <span>
#include <string>
#include <string_view>

#include "policy/facts/domain.h"
#include "policy/resemblance/known_domains.h"
#include "policy/resemblance/known_names.h"

namespace filters::from {

struct Lookalike {
  std::string of;        // the local domain or name, as the configuration has it; empty for none
  std::string_view how;  // for people; goes on "… of"
};

// Made once for a configuration; find() then costs some microseconds, whatever the length of the lists.
class Lookalikes {
 public:
  Lookalikes(std::span<const policy::Domain> domains, std::span<const std::string> names)
      : domains_(domains), names_(names) {}

  // The author's domain is looked at first, then domains in the first 256 octets of the display name, then
  // people's names there.  None for an author of a local domain or one below it.
  Lookalike find(const policy::Domain& author, std::string_view display_name) const;

 private:
  policy::resemblance::KnownDomains domains_;
  policy::resemblance::KnownNames names_;
};

}  // namespace filters::from
