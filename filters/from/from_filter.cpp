#include "filters/from/from_filter.h"

#include "filters/registry.h"

namespace filters::from {
namespace {

using enum Owner;

constexpr FactSpec kFacts[] = {
    {"from.address", Type::address, Phase::headers, transaction,
     "the author's address; <> when From has a defect"},
    {"from.domain", Type::domain, Phase::headers, transaction,
     "the author's domain; empty when From has a defect"},
    {"from.name", Type::text, Phase::headers, transaction, "the author's display name, decoded"},
    {"from.local", Type::boolean, Phase::headers, transaction, "the author's domain is one of local.domains"},
    {"from.defect", Type::text, Phase::headers, transaction,
     "what is wrong with the From field; empty when nothing is"},
};

class FromFilter final : public Filter {
 public:
  std::string_view name() const override { return "from"; }
  Needs needs() const override { return {Phase::headers}; }
  Finding examine(const Facts&, const Answers&) const override { return trouble("not examined"); }
  Finding trouble(std::string_view because) const override {
    Finding finding;
    finding.evidence.push_back({.method = "from",
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

std::unique_ptr<Filter> make_from(const Options&) { return std::make_unique<FromFilter>(); }

}  // namespace filters::from
