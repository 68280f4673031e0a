#pragma once
// Which facts a filter must leave, and whether a finding does: one fact forgotten would keep every rule about
// it open for ever, a foreign one would speak in another filter's name.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "filters/filter.h"
#include "gateway/vocabulary.h"

namespace gateway::pipeline {

class FactOwnership {
 public:
  FactOwnership() = default;
  // Throws std::logic_error when a fact of the filter is not the owner's.
  FactOwnership(const Vocabulary& vocabulary, std::string_view filter, Owner owner);

  // nullopt when the finding holds every fact of the filter, known with its type or troubled, and no other.
  std::optional<std::string> what_is_wrong(const filters::Finding& finding) const;

  // Drops what is wrong and declares troubled what is missing.
  void repair(filters::Finding& finding, std::string_view because) const;

 private:
  std::optional<std::string> what_is_wrong(const filters::FactValue& value) const;
  std::vector<const FactSpec*> facts_;
};

}  // namespace gateway::pipeline
