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

// Both walks met the same record last, and then the same name that did not answer.  Whatever stands there or
// above stands there for both, so their organisation is one, if not known.
bool end_alike(const Walk& a, const Walk& b) {
  const Station* of_a = a.highest_record();
  const Station* of_b = b.highest_record();
  return of_a && of_b && of_a->domain == of_b->domain && a.stations.back().domain == b.stations.back().domain;
}

// Relaxed: is the organisational domain the same?  RFC 9989 §4.10.2
Alignment compare(const Domain& author, const Walk& author_walk, Walk own) {
  using enum Alignment::State;
  using enum Alignment::Basis;
  if (!own.questions.empty()) return {unknown, trouble, {}, std::move(own.questions)};
  Alignment found;
  if (author_walk.trouble.empty() && own.trouble.empty()) {
    const bool same = own.organisation == author_walk.organisation;
    found = {same ? yes : no, same ? same_organisation : other_organisation};
  } else if (!author_walk.trouble.empty() && !own.trouble.empty() && end_alike(author_walk, own)) {
    found = {yes, same_organisation};
  } else if (own.trouble.empty() && !author.under(own.organisation)) {
    found = {no, other_organisation};  // whichever the author's is, it is above the author
  } else {
    found.trouble = own.trouble.empty() ? author_walk.trouble : own.trouble;
  }
  found.walk = std::move(own);
  return found;
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
  using enum Alignment::Basis;
  if (identity.domain.empty()) return {unknown, trouble, identity.trouble};
  if (identity.domain == author) return {yes, same_domain};
  const bool in_trouble = !author_walk.trouble.empty();
  const auto& policy = author_walk.policy;
  if (!policy && !in_trouble) return {no, no_policy};  // RFC 9989 §4.10.2: no record, no walk
  if (policy && (identity.method == "spf" ? policy->record.strict_spf : policy->record.strict_dkim))
    return {no, only_same_domain};
  // Its organisation is above it or itself, so most strangers cost no look-up.
  const Domain& highest = in_trouble ? author_walk.top : author_walk.organisation;
  if (!identity.domain.under(highest)) return {no, outside};
  if (!policy) return {unknown, trouble, author_walk.trouble};  // strict or relaxed?
  return compare(author, author_walk, walk(identity.domain, answers));
}

}  // namespace filters::dmarc
