#include "filters/spf/spf_filter.h"

#include "filters/registry.h"

namespace filters::spf {
namespace {

using enum Owner;

constexpr FactSpec kFacts[] = {
    {"spf.helo", Type::outcome, Phase::mail, transaction, "SPF for the HELO name"},
    {"spf.mailfrom", Type::outcome, Phase::mail, transaction,
     "SPF for the envelope sender (postmaster@HELO for <>)"},
    {"spf.domain", Type::domain, Phase::mail, transaction, "the domain spf.mailfrom was checked for"},
    {"spf.mechanism", Type::text, Phase::mail, transaction, "the mechanism that decided spf.mailfrom"},
};

class SpfFilter final : public Filter {
 public:
  std::string_view name() const override { return "spf"; }
  Needs needs() const override { return {Phase::mail}; }
  Finding examine(const Facts&, const Answers&) const override { return trouble("not examined"); }
  Finding trouble(std::string_view because) const override {
    Finding finding;
    finding.evidence.push_back({.method = "spf",
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

std::unique_ptr<Filter> make_spf(const Options&) { return std::make_unique<SpfFilter>(); }

}  // namespace filters::spf
