#include "filters/dmarc/dmarc_filter.h"

#include <fmt/core.h>

#include "filters/dmarc/foresight.h"
#include "filters/dmarc/judgement.h"
#include "filters/dmarc/public_suffix.h"
#include "filters/dmarc/reason.h"
#include "filters/dmarc/steps.h"
#include "filters/registry.h"

namespace filters::dmarc {
namespace {

using enum Owner;

constexpr FactSpec kFacts[] = {
    {"dmarc.result", Type::outcome, Phase::message, transaction, "DMARC for the author domain"},
    {"dmarc.policy", Type::choice, Phase::message, transaction,
     "what the author domain asks for: the applicable p, sp or np", Type::text, "none quarantine reject"},
    {"dmarc.testing", Type::boolean, Phase::message, transaction,
     "the author domain only tests its policy (t=y)"},
    {"dmarc.domain", Type::domain, Phase::message, transaction,
     "where the policy record was found; empty without one"},
    {"dmarc.org_domain", Type::domain, Phase::message, transaction,
     "organisational domain of the author domain"},
    {"dmarc.aligned", Type::list, Phase::message, transaction,
     "authenticated domains aligned with the author domain", Type::domain},
};

Evidence evidence(const Domain& author, Outcome outcome, std::string reason) {
  return {.method = "dmarc",
          .property = "header.from",
          .value = author.text(),
          .outcome = outcome,
          .reason = std::move(reason),
          .details = {}};
}

Choice choice(Policy policy) { return Choice{std::string(filters::dmarc::name(policy))}; }

// Without one author domain there is nothing to ask DMARC about.  RFC 9989 §5.3.1
Finding no_author(const std::string& defect) {
  Finding finding;
  finding.evidence.push_back(
      evidence({}, Outcome::permerror, fmt::format("the From field has no author domain ({})", defect)));
  finding.facts.push_back(FactValue::known("dmarc.result", Outcome::permerror));
  finding.facts.push_back(FactValue::known("dmarc.policy", choice(Policy::none)));
  finding.facts.push_back(FactValue::known("dmarc.testing", false));
  finding.facts.push_back(FactValue::known("dmarc.domain", Domain()));
  finding.facts.push_back(FactValue::known("dmarc.org_domain", Domain()));
  finding.facts.push_back(FactValue::known("dmarc.aligned", List()));
  return finding;
}

// Where others still go by RFC 7489, their result may differ.
void add_older_organisation(const Domain& author, const Walk& walk, Evidence& found) {
  if (!walk.policy || walk.organisation.empty()) return;
  const std::string_view older = rfc7489_organisation(author.text());
  if (!older.empty() && older != walk.organisation.text())
    found.details.emplace_back("rfc7489_org_domain", older);
}

Finding finding_of(const Domain& author, const Judgement& judged) {
  const Walk& walk = judged.walk;
  Evidence found = evidence(author, judged.outcome, judged.reason);
  found.details.reserve(4);
  if (walk.policy && judged.policy)
    found.details.emplace_back("policy", filters::dmarc::name(*judged.policy));
  if (!walk.organisation.empty()) found.details.emplace_back("org_domain", walk.organisation.text());
  add_older_organisation(author, walk, found);
  if (std::string remedy = remedy_of(author, judged); !remedy.empty())
    found.details.emplace_back("remedy", std::move(remedy));
  found.steps = steps_of(author, judged);

  Finding finding;
  finding.facts.reserve(std::size(kFacts));
  finding.evidence.push_back(std::move(found));
  const auto put = [&](std::string_view fact, Value value, const std::string& trouble) {
    finding.facts.push_back(trouble.empty() ? FactValue::known(fact, std::move(value))
                                            : FactValue::troubled(fact, trouble));
  };
  const std::string no_record = walk.policy ? std::string() : walk.trouble;
  put("dmarc.result", judged.outcome, judged.outcome == Outcome::temperror ? judged.reason : std::string());
  put("dmarc.policy", choice(judged.policy.value_or(Policy::none)), judged.policy_trouble);
  put("dmarc.testing", walk.policy && walk.policy->record.testing, no_record);
  put("dmarc.domain", walk.policy ? walk.policy->domain : Domain(), no_record);
  put("dmarc.org_domain", walk.organisation, walk.trouble);
  finding.facts.push_back(judged.aligned_trouble.empty()
                              ? FactValue::known("dmarc.aligned", judged.aligned)
                              : FactValue::troubled("dmarc.aligned", judged.aligned_trouble, judged.aligned));
  return finding;
}

class DmarcFilter final : public Filter {
 public:
  std::string_view name() const override { return "dmarc"; }
  Needs needs() const override { return {Phase::message, {"from", "spf", "dkim"}}; }

  Finding examine(const Facts& facts, const Answers& answers) const override {
    const Domain* author = facts.get<Domain>("from.domain");
    const std::string* defect = facts.get<std::string>("from.defect");
    if (!author || !defect) return trouble("from.domain is not known");
    if (author->empty()) return no_author(*defect);
    Judgement judged = judge(*author, facts, answers);
    if (!judged.questions.empty()) return {.evidence = {}, .facts = {}, .questions = judged.questions};
    return finding_of(*author, judged);
  }

  std::vector<Question> foresee(const Facts& facts, const Answers& answers) const override {
    const Domain* author = facts.get<Domain>("from.domain");
    if (!author || author->empty()) return {};
    return filters::dmarc::foresee(*author, facts, answers);
  }

  // What was not answered is a look-up that failed: an aligned pass stands.
  Finding conclude(const Facts& facts, const Answers& answers, std::string_view) const override {
    Answers all = answers;
    Finding finding = examine(facts, all);
    while (!finding.questions.empty()) {
      for (const Question& question : finding.questions)
        all.pin(std::get<DnsQuestion>(question), {.status = DnsStatus::timeout, .records = {}});
      finding = examine(facts, all);
    }
    return finding;
  }

  Finding trouble(std::string_view because) const override { return nothing_found("dmarc", kFacts, because); }
};

}  // namespace

std::span<const FactSpec> facts() { return kFacts; }

std::unique_ptr<Filter> make_dmarc(const Options&) { return std::make_unique<DmarcFilter>(); }

}  // namespace filters::dmarc
