#include "filters/dmarc/dmarc_filter.h"

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

class DmarcFilter final : public Filter {
 public:
  std::string_view name() const override { return "dmarc"; }
  Needs needs() const override { return {Phase::message, {"from", "spf", "dkim"}}; }
  Finding examine(const Facts&, const Answers&) const override { return trouble("not examined"); }
  Finding trouble(std::string_view because) const override {
    Finding finding;
    finding.evidence.push_back({.method = "dmarc",
                                .property = {},
                                .value = {},
                                .outcome = Outcome::temperror,
                                .reason = std::string(because),
                                .details = {}});
    for (const FactSpec& spec : kFacts)
      finding.facts.push_back(FactValue::troubled(spec.name, std::string(because)));
    return finding;
  }
};

}  // namespace

std::span<const FactSpec> facts() { return kFacts; }

std::unique_ptr<Filter> make_dmarc(const Options&) { return std::make_unique<DmarcFilter>(); }

}  // namespace filters::dmarc
