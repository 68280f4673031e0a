#include "filters/dmarc/reason.h"

#include <fmt/core.h>

#include <algorithm>
#include <functional>

#include "filters/dmarc/judgement.h"

namespace filters::dmarc {
namespace {

constexpr unsigned kMostNamed = 3;  // identities: a reason is one line, the steps tell them all

std::string no_record(const Domain& author, const Walk& walk) {
  std::string out = fmt::format("no DMARC record at {} or above", author.text());
  for (const Station& station : walk.stations) {
    if (station.found == Station::Found::several)
      return out + fmt::format("; the ones at {} are several, so none counts", station.domain.text());
    if (station.found == Station::Found::broken)
      return out + fmt::format("; the one at {} has a tag twice and does not count", station.domain.text());
  }
  return out;
}

std::string passes(const Domain& author, const Judgement& judgement) {
  const auto vouch =
      std::find_if(judgement.vouches.begin(), judgement.vouches.end(), std::mem_fn(&Vouch::passes));
  const auto& [identity, alignment] = *vouch;
  return fmt::format("{} passed for {}, {}", identity.method, identity.domain.text(),
                     alignment.basis == Alignment::Basis::same_domain
                         ? "the author domain"
                         : fmt::format("aligned with {}", author.text()));
}

// "spf or dkim for a.example or a name below it"
std::string what_would_pass(const Domain& author, const Walk& walk) {
  const Record& record = walk.policy->record;
  const std::string itself = author.text() + " itself";
  const std::string relaxed =
      walk.organisation.empty() ? author.text() : walk.organisation.text() + " or a name below it";
  if (record.strict_spf == record.strict_dkim)
    return fmt::format("spf or dkim for {}", record.strict_spf ? itself : relaxed);
  return fmt::format("spf for {}, or dkim for {}", record.strict_spf ? itself : relaxed,
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
  out +=
      passed == 0
          ? "neither spf nor dkim passed"
          : fmt::format(", not aligned with {}{}", author.text(),
                        judgement.walk.organisation == author || judgement.walk.organisation.empty()
                            ? std::string()
                            : fmt::format(" (organisational domain {})", judgement.walk.organisation.text()));
  return out + "; it would pass with " + what_would_pass(author, judgement.walk);
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

std::string reason_of_doubt(const Vouch& vouch) {
  const auto& [identity, alignment] = vouch;
  return fmt::format("{}{}: {}", identity.method,
                     identity.domain.empty() ? std::string() : " for " + identity.domain.text(),
                     identity.trouble.empty() ? alignment.trouble : identity.trouble);
}

}  // namespace filters::dmarc
