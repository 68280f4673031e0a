#pragma once
// The right side of `resembles`: a list of names or domains, prepared once.

#include <memory>
#include <optional>

#include "policy/facts/facts.h"
#include "policy/resemblance/known_list.h"

namespace policy {

class Likeness {
 public:
  using Kind = resemblance::KnownKind;

  // A list of the policy.
  explicit Likeness(std::shared_ptr<const resemblance::KnownList> known) : known_(std::move(known)) {}
  // A list of the configuration, such as local.names, as it stands in `configuration`.  Where another one is
  // judged by, as explain may give, it is prepared for each look.
  Likeness(Kind kind, FactId fact, const Facts* configuration);

  // Whether the list is not known yet.
  bool open(const Facts& facts) const;

  // A text that shows an entry or looks like one, a domain (that of an address) that looks like one and is
  // none. `as_name`: the text is a person's name; any other that is a domain is taken as that.
  bool holds(const Value& left, bool as_name, const Facts& facts) const;

 private:
  std::shared_ptr<const resemblance::KnownList> known_;
  Kind kind_ = Kind::names;
  std::optional<FactId> fact_;
  const Fact* prepared_from_ = nullptr;
};

}  // namespace policy
