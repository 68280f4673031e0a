#pragma once
// The entries of a list that others may want to be taken for, whatever they are.

#include <span>
#include <string>
#include <string_view>

#include "policy/facts/domain.h"
#include "policy/resemblance/known_domains.h"
#include "policy/resemblance/known_names.h"

namespace policy::resemblance {

enum class KnownKind { names, domains };

// Most entries of such a list: each is kept with all that one edit makes of it, about 1 kB.
inline constexpr std::size_t kMostKnown = 20'000;

class KnownList {
 public:
  static KnownList of_names(std::span<const std::string> names) { return {names, {}}; }
  static KnownList of_domains(std::span<const Domain> domains) { return {{}, domains}; }

  // The name or the text of a person: shows a known name or domain, or one that looks like it, in what a
  // reader sees of its front.  One that is equal counts: it is the attack, on an address that is not theirs.
  bool shown_in(std::string_view text) const;

  // A domain that looks like a known one and is neither it nor below it.
  bool resembled_by(const Domain& domain) const {
    return domains_.resembled_by(domain) && !domains_.covers(domain);
  }

 private:
  KnownList(std::span<const std::string> names, std::span<const Domain> domains)
      : names_(names), domains_(domains) {}
  KnownNames names_;
  KnownDomains domains_;
};

}  // namespace policy::resemblance
