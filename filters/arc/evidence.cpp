#include "filters/arc/evidence.h"

#include <fmt/format.h>

namespace filters::arc {
namespace {

using Found = Check::Found;

std::string told(const Check& check) {
  switch (check.found) {
    case Found::pass: return "verifies";
    case Found::not_looked_at: return check.reason.empty() ? "was not looked at" : check.reason;
    case Found::fail:
    case Found::trouble: return check.reason;
  }
  return {};
}

// The key of the seal is the step's look-up; a message signature with another one gets a step below.
void add_steps(const Chain& chain, const Judged& judged, std::vector<Step>& steps) {
  for (std::size_t i = judged.sets.size(); i-- > 0;) {
    const JudgedSet& set = judged.sets[i];
    const std::string message_signature = "message signature: " + told(set.message_signature);
    std::string seal = fmt::format("set {}, sealed by {}: the seal {}", i + 1,
                                   chain.sets[i].sealed.domain.text(), told(set.seal));
    const bool apart = set.message_signature.key && set.message_signature.key != set.seal.key;
    if (!apart) seal += "; " + message_signature;
    if (judged.trusted_set == i + 1) seal += "; this sealer is trusted";
    steps.push_back({.depth = 0, .asked = set.seal.key, .meaning = std::move(seal)});
    if (apart)
      steps.push_back({.depth = 1, .asked = set.message_signature.key, .meaning = message_signature});
  }
}

std::string pass_reason(const Chain& chain, const Judged& judged) {
  std::string reason = judged.oldest_pass == 0
                           ? "unchanged since the first seal"
                           : fmt::format("unchanged since set {} was sealed", judged.oldest_pass);
  if (judged.trusted_set != 0)
    reason += fmt::format("; {} is trusted", chain.sets[judged.trusted_set - 1].sealed.domain.text());
  return reason;
}

}  // namespace

List sealers(const Chain& chain) {
  List domains;
  for (auto set = chain.sets.rbegin(); set != chain.sets.rend(); ++set)
    domains.push_back(set->sealed.domain.text());
  return domains;
}

std::string trust_trouble(const Judged& judged) {
  for (auto set = judged.sets.rbegin(); set != judged.sets.rend(); ++set)
    for (const Check* check : {&set->message_signature, &set->seal})
      if (check->troubled()) return check->reason;
  return {};
}

Evidence evidence(const Chain& chain, const Judged& judged) {
  Evidence evidence{.method = "arc",
                    .property = {},
                    .value = chain.newest,
                    .outcome = judged.outcome,
                    .reason = judged.reason,
                    .details = {},
                    .steps = {}};
  if (judged.sets.empty()) return evidence;
  std::string names;
  for (const std::string& domain : sealers(chain)) names += (names.empty() ? "" : " ") + domain;
  evidence.details.emplace_back("instance", std::to_string(chain.sets.size()));
  evidence.details.emplace_back("sealers", std::move(names));
  if (judged.outcome == Outcome::pass) {
    evidence.details.emplace_back("oldest_pass", std::to_string(judged.oldest_pass));
    evidence.reason = pass_reason(chain, judged);
  }
  add_steps(chain, judged, evidence.steps);
  return evidence;
}

}  // namespace filters::arc
