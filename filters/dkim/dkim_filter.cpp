#include "filters/dkim/dkim_filter.h"

#include "filters/registry.h"

namespace filters::dkim {
namespace {

using enum Owner;

constexpr FactSpec kFacts[] = {
    {"dkim.result", Type::outcome, Phase::message, transaction,
     "the best of all signatures: pass, temperror, policy, fail, permerror, none"},
    {"dkim.pass_domains", Type::list, Phase::message, transaction, "domains (d=) of the signatures that pass",
     Type::domain},
    {"dkim.count", Type::number, Phase::message, transaction, "number of signatures"},
    {"dkim.weak", Type::boolean, Phase::message, transaction,
     "a passing signature is weak: key in test mode, or From not oversigned"},
};

class DkimFilter final : public Filter {
 public:
  std::string_view name() const override { return "dkim"; }
  Needs needs() const override { return {Phase::message}; }
  Finding examine(const Facts&, const Answers&) const override { return trouble("not examined"); }
  Finding trouble(std::string_view because) const override {
    Finding finding;
    finding.evidence.push_back({.method = "dkim",
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

std::unique_ptr<Filter> make_dkim(const Options&) { return std::make_unique<DkimFilter>(); }

}  // namespace filters::dkim
