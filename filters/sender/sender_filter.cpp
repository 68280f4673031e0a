#include "filters/sender/sender_filter.h"

#include "filters/registry.h"
#include "filters/sender/exchangers.h"

namespace filters::sender {
namespace {

using State = Destination::State;

constexpr std::string_view kResolves = "sender.resolves";

constexpr FactSpec kFacts[] = {
    {.name = kResolves,
     .type = Type::choice,
     .final_at = Phase::mail,
     .owner = Owner::transaction,
     .description = "mail to the envelope sender would have somewhere to go; null_mx: its domain takes none "
                    "(RFC 7505); yes for <>",
     .choices = "yes no null_mx"},
};

FactValue choice(std::string_view word) { return FactValue::known(kResolves, Choice{std::string(word)}); }

class SenderFilter final : public Filter {
 public:
  std::string_view name() const override { return "sender"; }
  Needs needs() const override { return {Phase::mail}; }

  Finding examine(const Facts& facts, const Answers& answers) const override {
    return find(facts, answers, {});
  }
  Finding conclude(const Facts& facts, const Answers& answers, std::string_view because) const override {
    return find(facts, answers, because);
  }
  Finding trouble(std::string_view because) const override {
    Finding finding = nothing_found("sender", kFacts, because);
    finding.evidence.front().property = "smtp.mailfrom";
    return finding;
  }

 private:
  static Finding found(FactValue fact, Outcome outcome, std::string value, std::string why,
                       std::vector<Step> steps = {}) {
    Finding finding;
    finding.facts.push_back(std::move(fact));
    finding.evidence.push_back({.method = "sender",
                                .property = "smtp.mailfrom",
                                .value = std::move(value),
                                .outcome = outcome,
                                .reason = std::move(why),
                                .steps = std::move(steps)});
    return finding;
  }

  // `because`: why nothing more may be asked; empty where it may.
  Finding find(const Facts& facts, const Answers& answers, std::string_view because) const {
    const Address* sender = facts.get<Address>("sender.address");
    if (!sender) return trouble(because.empty() ? "sender.address is not known" : because);
    if (sender->is_null())
      return found(choice("yes"), Outcome::none, {}, "a null sender wants no answer (RFC 5321 §4.5.5)");
    if (sender->is_literal())
      return found(choice("yes"), Outcome::pass, sender->text(), "an address literal needs no look-up");
    const Domain& domain = sender->domain();
    if (domain.empty()) return found(choice("no"), Outcome::fail, sender->text(), "the sender has no domain");
    Destination destination = destination_of(domain, answers);
    switch (destination.state) {
      case State::open: break;
      case State::somewhere:
        return found(choice("yes"), Outcome::pass, domain.text(), destination.why,
                     std::move(destination.steps));
      case State::nowhere:
        return found(choice("no"), Outcome::fail, domain.text(), destination.why,
                     std::move(destination.steps));
      case State::null_mx:
        return found(choice("null_mx"), Outcome::fail, domain.text(), destination.why,
                     std::move(destination.steps));
      case State::failed:
        return found(FactValue::troubled(kResolves, destination.why), Outcome::temperror, domain.text(),
                     destination.why, std::move(destination.steps));
    }
    if (!because.empty())
      return found(FactValue::troubled(kResolves, std::string(because)), Outcome::temperror, domain.text(),
                   std::string(because), std::move(destination.steps));
    Finding finding;
    finding.questions.assign(destination.questions.begin(), destination.questions.end());
    return finding;
  }
};

}  // namespace

std::span<const FactSpec> facts() { return kFacts; }

std::unique_ptr<Filter> make_sender(const Options&) { return std::make_unique<SenderFilter>(); }

}  // namespace filters::sender
