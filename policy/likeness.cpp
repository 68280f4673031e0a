#include "policy/likeness.h"

#include <algorithm>
#include <vector>

namespace policy {
namespace {

using resemblance::KnownList;

std::shared_ptr<const KnownList> known_of(const Fact& fact, Likeness::Kind kind) {
  const List* const list = std::get_if<List>(&fact.value);
  static const List kNothing;
  const List& entries = list ? *list : kNothing;
  if (kind == Likeness::Kind::names) return std::make_shared<const KnownList>(KnownList::of_names(entries));
  std::vector<Domain> domains;
  for (const std::string& entry : entries)
    if (auto domain = Domain::parse(entry)) domains.push_back(std::move(*domain));
  return std::make_shared<const KnownList>(KnownList::of_domains(domains));
}

bool text_holds(const KnownList& known, std::string_view text, bool as_name) {
  if (!as_name)
    if (const auto domain = Domain::parse(text); domain && domain->labels() > 1)
      return known.resembled_by(*domain);
  return known.shown_in(text);
}

}  // namespace

Likeness::Likeness(Kind kind, FactId fact, const Facts* configuration) : kind_(kind), fact_(fact) {
  if (!configuration || !configuration->at(fact).known()) return;
  prepared_from_ = &configuration->at(fact);
  known_ = known_of(*prepared_from_, kind);
}

bool Likeness::open(const Facts& facts) const { return fact_ && !facts.at(*fact_).known(); }

bool Likeness::holds(const Value& left, bool as_name, const Facts& facts) const {
  std::shared_ptr<const KnownList> own;
  const KnownList* known = known_.get();
  if (fact_ && &facts.at(*fact_) != prepared_from_) {
    own = known_of(facts.at(*fact_), kind_);
    known = own.get();
  }
  if (const Domain* domain = std::get_if<Domain>(&left)) return known->resembled_by(*domain);
  if (const Address* address = std::get_if<Address>(&left)) return known->resembled_by(address->domain());
  if (const std::string* text = std::get_if<std::string>(&left)) return text_holds(*known, *text, as_name);
  if (const List* list = std::get_if<List>(&left))
    return std::ranges::any_of(*list,
                               [&](const std::string& one) { return text_holds(*known, one, as_name); });
  return false;
}

}  // namespace policy
