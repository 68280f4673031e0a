#include "filters/filter.h"

namespace filters {

Finding nothing_found(std::string_view method, std::span<const FactSpec> facts, std::string_view because) {
  Finding finding;
  finding.evidence.push_back({.method = std::string(method),
                              .property = {},
                              .value = {},
                              .outcome = Outcome::temperror,
                              .reason = std::string(because),
                              .details = {}});
  for (const FactSpec& spec : facts)
    finding.facts.push_back(FactValue::troubled(spec.name, std::string(because)));
  return finding;
}

std::uint64_t Filter::work(const Facts& facts, const Answers&) const {
  return facts.message() && facts.message()->complete() ? facts.message()->size() : 0;
}

}  // namespace filters
