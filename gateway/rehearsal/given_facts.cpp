#include "gateway/rehearsal/given_facts.h"

namespace gateway::rehearsal {
namespace {

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
        value.fact = given_.at(*id);
    return finding;
  }

  const std::shared_ptr<const pipeline::FilterSet> owner_;
  const filters::Filter& inner_;
  const Vocabulary& vocabulary_;
  const GivenFacts given_;
};

}  // namespace

Fact given_fact(Value value) {
  if (value == Value(Outcome::temperror)) return {Fact::State::troubled, {}, {"given as temperror"}};
  return {Fact::State::known, std::move(value)};
}

std::shared_ptr<const pipeline::FilterSet> with_given_facts(
    std::shared_ptr<const pipeline::FilterSet> filters, const Vocabulary& vocabulary,
    const GivenFacts& given) {
  if (given.empty()) return filters;
  auto set = std::make_shared<pipeline::FilterSet>();
  for (const auto& filter : *filters)
    set->push_back(std::make_unique<GivenFilter>(filters, *filter, vocabulary, given));
  return set;
}

}  // namespace gateway::rehearsal
