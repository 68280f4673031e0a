#include "filters/dmarc/alignment.h"

#include <algorithm>

namespace filters::dmarc {
namespace {

constexpr std::size_t kMostSigners = 20;  // each may cost a walk

// Facts of a filter that is switched off are no trouble: there is nothing to find.
bool runs(const Facts& facts, std::string_view name) {
  const auto id = facts.vocabulary().find(name);
  return id && facts.vocabulary().enabled(*id);
}

std::string why(const Fact& fact) { return fact.because.empty() ? "not known" : fact.because.front(); }

void add_spf(const Facts& facts, std::vector<Identity>& identities) {
  if (!runs(facts, "spf.mailfrom")) return;
  const Fact& result = facts.at("spf.mailfrom");
  const Domain* domain = facts.get<Domain>("spf.domain");
  const Outcome* outcome = facts.get<Outcome>("spf.mailfrom");
  Identity identity{.method = "spf", .domain = domain ? *domain : Domain(), .trouble = {}};
  if (!outcome || *outcome == Outcome::temperror)
    identity.trouble = why(result);
  else if (*outcome != Outcome::pass || identity.domain.empty())
    return;
  identities.push_back(std::move(identity));
}

// The evidence tells for which domains a signature could not be judged; what it does not tell may be any.
void add_doubtful_signers(const Facts& facts, const Fact& passed, std::vector<Identity>& identities) {
  bool told = false;
  for (const Evidence& evidence : facts.evidence()) {
    if (evidence.method != "dkim" || evidence.outcome != Outcome::temperror) continue;
    const auto domain =
        evidence.property == "header.d" ? Domain::parse(evidence.value) : std::optional<Domain>();
    identities.push_back({"dkim", domain.value_or(Domain()), why(passed)});
    told = true;
  }
  if (!told) identities.push_back({"dkim", Domain(), why(passed)});
}

void add_dkim(const Facts& facts, std::vector<Identity>& identities) {
  if (!runs(facts, "dkim.pass_domains")) return;
  const Fact& passed = facts.at("dkim.pass_domains");
  if (const List* domains = std::get_if<List>(&passed.value); domains && passed.state != Fact::State::open)
    for (const std::string& text : *domains)
      if (const auto domain = Domain::parse(text)) identities.push_back({"dkim", *domain, {}});
  if (!passed.known()) add_doubtful_signers(facts, passed, identities);
}

}  // namespace

std::vector<Identity> find_identities(const Facts& facts) {
  std::vector<Identity> identities;
  add_dkim(facts, identities);
  if (identities.size() > kMostSigners) {
    identities.resize(kMostSigners);
    identities.push_back({"dkim", Domain(), "too many signing domains"});
  }
  add_spf(facts, identities);
  return identities;
}

Alignment align(const Identity& identity, const Domain& author, const Walk& author_walk,
                const Answers& answers) {
  using enum Alignment::State;
  if (identity.domain.empty()) return {unknown, identity.trouble};
  if (identity.domain == author) return {yes};
  if (author_walk.trouble.empty() && !author_walk.policy)
    return {no};  // RFC 9989 §4.10.2: no record, no walk
  if (const auto& policy = author_walk.policy)
    if (identity.method == "spf" ? policy->record.strict_spf : policy->record.strict_dkim) return {no};
  if (author_walk.organisation.empty()) {
    const std::vector<Domain> above = walk_names(author);
    return identity.domain.under(above.back()) ? Alignment{unknown, author_walk.trouble} : Alignment{no};
  }
  // Its organisation is above it or itself, so most strangers cost no look-up.
  if (!identity.domain.under(author_walk.organisation)) return {no};
  Walk own = walk(identity.domain, answers);
  if (!own.questions.empty()) return {unknown, {}, std::move(own.questions)};
  if (!own.trouble.empty()) return {unknown, std::move(own.trouble)};
  return {own.organisation == author_walk.organisation ? yes : no};
}

}  // namespace filters::dmarc
