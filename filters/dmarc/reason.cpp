#include "filters/dmarc/reason.h"

#include <fmt/core.h>

#include <algorithm>
#include <functional>

#include "filters/dmarc/judgement.h"

namespace filters::dmarc {
namespace {

constexpr unsigned kMostNamed = 3;  // identities: a reason is one line, the steps tell them all

// The first station whose records do not count; nullptr without one.
const Station* spoiled(const Walk& walk) {
  const auto at = std::find_if(walk.stations.begin(), walk.stations.end(), [](const Station& station) {
    return station.found == Station::Found::several || station.found == Station::Found::broken;
  });
  return at == walk.stations.end() ? nullptr : &*at;
}

std::string no_record(const Domain& author, const Walk& walk) {
  const std::string out = fmt::format("no DMARC record at {} or above", author.text());
  const Station* station = spoiled(walk);
  if (!station) return out;
  return station->found == Station::Found::several
             ? fmt::format("{}; there are several at {}, so none counts", out, station->domain.text())
             : fmt::format("{}; the one at {} has a tag twice and does not count", out,
                           station->domain.text());
}

std::string passes(const Domain& author, const Judgement& judgement) {
  const auto vouch =
      std::find_if(judgement.vouches.begin(), judgement.vouches.end(), std::mem_fn(&Vouch::passes));
  const auto& [identity, alignment] = *vouch;
  std::string out = identity.method;
  out.append(" passed for ").append(identity.domain.text());
  if (alignment.basis == Alignment::Basis::same_domain) return out += ", the author domain";
  return out.append(", aligned with ").append(author.text());
}

// "an SPF or DKIM pass for a.example or a name below it"
std::string what_would_pass(const Domain& author, const Walk& walk) {
  const Record& record = walk.policy->record;
  const std::string itself = author.text() + " itself";
  const std::string relaxed =
      walk.organisation.empty() ? author.text() : walk.organisation.text() + " or a name below it";
  if (record.strict_spf == record.strict_dkim)
    return "an SPF or DKIM pass for " + (record.strict_spf ? itself : relaxed);
  return fmt::format("an SPF pass for {}, or a DKIM pass for {}", record.strict_spf ? itself : relaxed,
                     record.strict_dkim ? itself : relaxed);
}

std::string fails(const Domain& author, const Judgement& judgement) {
  std::string out;
  unsigned passed = 0;
  for (const auto& [identity, alignment] : judgement.vouches) {
    if (!identity.trouble.empty() || ++passed > kMostNamed) continue;
    if (passed > 1) out += ", ";
    out.append(identity.method).append(" passed for ").append(identity.domain.text());
  }
  if (passed > kMostNamed) out += fmt::format(" and {} more", passed - kMostNamed);
  if (passed == 0) return "neither SPF nor DKIM passed";
  out.append(", not aligned with ").append(author.text());
  const Domain& organisation = judgement.walk.organisation;
  if (!organisation.empty() && organisation != author)
    out.append(" (organisational domain ").append(organisation.text()).append(")");
  return out;
}

}  // namespace

std::string reason_of(const Domain& author, const Judgement& judgement) {
  const auto& published = judgement.walk.policy;
  switch (judgement.outcome) {
    case Outcome::none: return no_record(author, judgement.walk);
    case Outcome::pass: return passes(author, judgement);
    case Outcome::permerror:
      return fmt::format("the record at {} has no valid policy (p, sp, np) and no rua",
                         published->domain.text());
    case Outcome::temperror: return published ? judgement.aligned_trouble : judgement.walk.trouble;
    default: return fails(author, judgement);
  }
}

std::string remedy_of(const Domain& author, const Judgement& judgement) {
  switch (judgement.outcome) {
    case Outcome::fail: return what_would_pass(author, judgement.walk);
    case Outcome::permerror:
      return fmt::format("none, quarantine or reject in each of p, sp and np at _dmarc.{}",
                         judgement.walk.policy->domain.text());
    case Outcome::none:
      if (const Station* station = spoiled(judgement.walk))
        return fmt::format("a single DMARC record, with no tag twice, at _dmarc.{}", station->domain.text());
      return {};
    default: return {};
  }
}

std::string reason_of_doubt(const Vouch& vouch) {
  const auto& [identity, alignment] = vouch;
  return fmt::format("{}{}: {}", identity.method,
                     identity.domain.empty() ? std::string() : " for " + identity.domain.text(),
                     identity.trouble.empty() ? alignment.trouble : identity.trouble);
}

}  // namespace filters::dmarc
