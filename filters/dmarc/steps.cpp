#include "filters/dmarc/steps.h"

#include <fmt/core.h>

#include <algorithm>

#include "filters/dmarc/judgement.h"

namespace filters::dmarc {
namespace {

// "applies: sp=reject, only tested (t=y)"
std::string application(const Judgement& judgement) {
  const Record& record = judgement.walk.policy->record;
  if (record.void_policy) return "applies, but p, sp or np is not valid and there is no rua";
  if (record.bad_policy) return "applies: p, sp or np is not valid, so as p=none";
  std::string out = "applies: ";
  if (judgement.policy)
    out.append(name(judgement.policy_tag)).append("=").append(name(*judgement.policy));
  else
    out += "np, if the author domain does not exist";
  return record.testing ? out + ", only tested (t=y)" : out;
}

// What a record means for the domain whose walk this is; `judgement` where it is the author's.
std::string meaning_of_record(const Station& station, const Walk& walk, const Judgement* judgement) {
  std::string out = "record";
  if (station.record.psd == Psd::yes) out += " of a public suffix (psd=y)";
  if (station.record.psd == Psd::no) out += " with psd=n";
  if (judgement && walk.policy && walk.policy->domain == station.domain)
    out.append(", ").append(application(*judgement));
  if (station.domain == walk.organisation) out += "; organisational domain";
  if (station.record.psd == Psd::unsaid) return out;
  out += "; the walk ends";
  if (station.domain != walk.organisation)
    out += fmt::format(", organisational domain is {} below", walk.organisation.text());
  return out;
}

std::string meaning(const Station& station, const Walk& walk, const Judgement* judgement) {
  switch (station.found) {
    case Station::Found::nothing: return "no record";
    case Station::Found::several: return "several records: all discarded";
    case Station::Found::broken: return "a tag twice: discarded";
    case Station::Found::record: return meaning_of_record(station, walk, judgement);
    case Station::Found::failed:
      return fmt::format("{}: unknown what is here and above", name(station.status));
    case Station::Found::too_long: return "too long a name to exist";
  }
  return {};
}

void add_walk(std::vector<Step>& steps, const Walk& walk, unsigned depth, const Judgement* judgement) {
  for (const Station& station : walk.stations)
    steps.push_back({depth, record_question(station.domain), meaning(station, walk, judgement)});
}

void add_existence(std::vector<Step>& steps, const Domain& author, const Judgement& judgement) {
  const auto add = [&](std::string meaning) {
    steps.push_back({0, existence_question(author), std::move(meaning)});
  };
  switch (judgement.existence) {
    case Existence::not_asked: break;
    case Existence::yes: return add("the author domain exists: np does not apply");
    case Existence::no: return add("the author domain does not exist: np applies");
    case Existence::unknown:
      return add(
          fmt::format("{}: unknown whether the author domain exists", name(judgement.existence_status)));
  }
}

std::string_view verdict(const Vouch& vouch) {
  switch (vouch.alignment.basis) {
    case Alignment::Basis::same_domain: return "the author domain: aligned";
    case Alignment::Basis::same_organisation: return "same organisational domain: aligned";
    case Alignment::Basis::only_same_domain: return "not the author domain, and alignment is strict";
    case Alignment::Basis::outside: return "outside the organisational domain: not aligned";
    case Alignment::Basis::other_organisation: return "another organisational domain: not aligned";
    case Alignment::Basis::no_policy: return "no policy: nothing to be aligned with";
    case Alignment::Basis::trouble: return "unknown whether it is aligned";
  }
  return {};
}

void add_vouch(std::vector<Step>& steps, const Vouch& vouch) {
  const auto& [identity, alignment] = vouch;
  std::string text = identity.method;
  text += identity.trouble.empty() ? " passed" : " may pass";
  if (!identity.domain.empty()) text.append(" for ").append(identity.domain.text());
  text.append(": ").append(identity.domain.empty() ? identity.trouble : verdict(vouch));
  steps.push_back({0, std::nullopt, std::move(text)});
  if (alignment.walk) add_walk(steps, *alignment.walk, 1, nullptr);
}

}  // namespace

std::vector<Step> steps_of(const Domain& author, const Judgement& judgement) {
  std::vector<Step> steps;
  steps.reserve(judgement.walk.stations.size() + judgement.vouches.size() + 1);
  add_walk(steps, judgement.walk, 0, &judgement);
  add_existence(steps, author, judgement);
  for (const Vouch& vouch : judgement.vouches) add_vouch(steps, vouch);
  return steps;
}

}  // namespace filters::dmarc
