#include "filters/dbl/identities.h"

#include "filters/dbl/dbl_filter.h"
#include "filters/helo/helo_name.h"

namespace filters::dbl {
namespace {

Domain known_domain(const Facts& facts, FactName fact) {
  const Domain* domain = facts.get<Domain>(fact);
  return domain && domain->labels() > 1 ? *domain : Domain();
}

Domain helo_domain(const Facts& facts) {
  const std::string* said = facts.get<std::string>("helo.name");
  return said ? helo::read_helo_name(*said).domain.value_or(Domain()) : Domain();
}

}  // namespace

std::vector<Identity> envelope_identities(const Facts& facts) {
  return {{kClient, "policy.iprev", known_domain(facts, "client.name")},
          {kHelo, "smtp.helo", helo_domain(facts)},
          {kSender, "smtp.mailfrom", known_domain(facts, "sender.domain")}};
}

Identity author_identity(const Facts& facts) {
  return {kFrom, "header.from", known_domain(facts, "from.domain")};
}

}  // namespace filters::dbl
