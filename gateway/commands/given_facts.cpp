#include "gateway/commands/given_facts.h"

namespace gateway::commands {
namespace {

// A look-up that fails leaves a fact in trouble: given as temperror, it is to be judged as it would be then.
filters::FactValue given_fact(std::string_view name, const Value& value) {
  if (value == Value(Outcome::temperror)) return filters::FactValue::troubled(name, "given as temperror");
  return filters::FactValue::known(name, value);
}

class GivenFilter final : public filters::Filter {
 public:
  GivenFilter(std::shared_ptr<const pipeline::FilterSet> owner, const filters::Filter& inner,
              const Vocabulary& vocabulary, const GivenFacts& given)
      : owner_(std::move(owner)), inner_(inner), vocabulary_(vocabulary), given_(given) {}

  std::string_view name() const override { return inner_.name(); }
  Owner owner() const override { return inner_.owner(); }
  filters::Needs needs() const override { return inner_.needs(); }
  filters::Finding examine(const Facts& facts, const Answers& answers) const override {
    return with_given(inner_.examine(facts, answers));
  }
  std::vector<Question> foresee(const Facts& facts, const Answers& answers) const override {
    return inner_.foresee(facts, answers);
  }
  bool foresees_more() const override { return inner_.foresees_more(); }
  filters::Finding trouble(std::string_view because) const override {
    return with_given(inner_.trouble(because));
  }
  filters::Finding conclude(const Facts& facts, const Answers& answers,
                            std::string_view because) const override {
    return with_given(inner_.conclude(facts, answers, because));
  }

 private:
  filters::Finding with_given(filters::Finding finding) const {
    for (filters::FactValue& value : finding.facts)
      if (const auto id = vocabulary_.find(value.name); id && given_.contains(*id))
        value = given_fact(value.name, given_.at(*id));
    return finding;
  }

  const std::shared_ptr<const pipeline::FilterSet> owner_;
  const filters::Filter& inner_;
  const Vocabulary& vocabulary_;
  const GivenFacts given_;
};

}  // namespace

std::shared_ptr<const pipeline::FilterSet> with_given_facts(
    std::shared_ptr<const pipeline::FilterSet> filters, const Vocabulary& vocabulary,
    const GivenFacts& given) {
  if (given.empty()) return filters;
  auto set = std::make_shared<pipeline::FilterSet>();
  for (const auto& filter : *filters)
    set->push_back(std::make_unique<GivenFilter>(filters, *filter, vocabulary, given));
  return set;
}

}  // namespace gateway::commands
