#include "gateway/pipeline/finding_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace gateway::pipeline {
namespace {

bool holds(const filters::Finding& finding, std::string_view name) {
  return std::any_of(finding.facts.begin(), finding.facts.end(),
                     [name](const filters::FactValue& value) { return value.name == name; });
}

}  // namespace

FactOwnership::FactOwnership(const Vocabulary& vocabulary, std::string_view filter, Owner owner) {
  for (std::size_t i = 0; i < vocabulary.size(); ++i) {
    const auto id = static_cast<FactId>(i);
    if (vocabulary.filter(id) != filter) continue;
    if (vocabulary[id].owner != owner)
      throw std::logic_error(
          fmt::format("{} is not a fact of whom {} examines", vocabulary[id].name, filter));
    facts_.push_back(&vocabulary[id]);
  }
}

std::optional<std::string> FactOwnership::what_is_wrong(const filters::FactValue& value) const {
  const auto spec = std::find_if(facts_.begin(), facts_.end(),
                                 [&](const FactSpec* own) { return own->name == value.name; });
  if (spec == facts_.end()) return fmt::format("found '{}', which is not its fact", value.name);
  if (!value.fact.known() && !value.fact.troubled()) return fmt::format("left '{}' open", value.name);
  if (value.fact.known() && type_of(value.fact.value) != (*spec)->type)
    return fmt::format("found '{}' of the wrong type", value.name);
  return std::nullopt;
}

std::optional<std::string> FactOwnership::what_is_wrong(const filters::Finding& finding) const {
  for (const filters::FactValue& value : finding.facts)
    if (auto wrong = what_is_wrong(value)) return wrong;
  for (const FactSpec* own : facts_)
    if (!holds(finding, own->name)) return fmt::format("said nothing of '{}'", own->name);
  return std::nullopt;
}

void FactOwnership::repair(filters::Finding& finding, std::string_view because) const {
  std::erase_if(finding.facts,
                [this](const filters::FactValue& value) { return what_is_wrong(value).has_value(); });
  for (const FactSpec* own : facts_)
    if (!holds(finding, own->name))
      finding.facts.push_back(filters::FactValue::troubled(own->name, std::string(because)));
}

}  // namespace gateway::pipeline
