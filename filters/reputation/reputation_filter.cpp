#include "filters/reputation/reputation_filter.h"

#include <algorithm>

#include "policy/facts/text.h"

#include "filters/registry.h"

namespace filters::reputation {
namespace {

constexpr FactSpec kSenderFacts[] = {
    {"sender.seen_days", Type::number, Phase::mail, Owner::transaction,
     "days since the sender's domain was first accepted with SPF pass; 0: never, today, or no SPF pass now"},
};
constexpr FactSpec kFromFacts[] = {
    {"from.seen_days", Type::number, Phase::message, Owner::transaction,
     "days since the author's domain was first accepted with DMARC pass; 0: never, today, or no DMARC pass "
     "now"},
};

// Whose domain, and what proves that the mail is its own.
struct Identity {
  std::string_view filter;
  std::span<const FactSpec> facts;
  Needs needs;
  FactName domain;
  FactName outcome;
  std::string_view table;
};

class ReputationFilter final : public Filter {
 public:
  ReputationFilter(Identity identity, std::chrono::seconds keep)
      : identity_(std::move(identity)), keep_(keep) {}

  std::string_view name() const override { return identity_.filter; }
  Needs needs() const override { return identity_.needs; }
  std::uint64_t work(const Facts&, const Answers&) const override { return 0; }

  Finding examine(const Facts& facts, const Answers& answers) const override {
    if (!can_be_proven(facts)) return found(0);
    const Time* now = facts.get<Time>("now");
    if (!now || !facts.get<Outcome>(identity_.outcome))
      return trouble(std::string(identity_.outcome.text()) + " is not known");
    const auto question = question_of(facts);
    // Who has proven nothing may be anybody, and has never been seen.
    if (!question) return found(0);
    const StateAnswer* answer = answers.state(*question);
    if (!answer) {
      Finding open;
      open.questions.emplace_back(*question);
      return open;
    }
    if (!answer->failed.empty())
      return trouble("what is remembered cannot be asked: " + printable(answer->failed));
    if (!answer->mark) return found(0);
    return found(
        std::max<std::int64_t>(0, std::chrono::floor<std::chrono::days>(*now - answer->mark->first).count()));
  }

  std::vector<StateUpdate> learn(const Facts& facts, const Answers&, const Ending& ending) const override {
    if (!ending.taken) return {};
    auto question = question_of(facts);
    if (!question) return {};
    return {{StateUpdate::Does::touch, std::move(question->table), std::move(question->key), 0, keep_}};
  }

  Finding trouble(std::string_view because) const override {
    Finding finding;
    finding.facts.push_back(FactValue::troubled(identity_.facts.front().name, std::string(because)));
    return finding;
  }

 private:
  // The filter that does it may be switched off.
  bool can_be_proven(const Facts& facts) const {
    const auto id = facts.vocabulary().find(identity_.outcome);
    return id && facts.vocabulary().enabled(*id);
  }

  // Nothing where the domain is not proven to be the sender's own.
  std::optional<StateQuestion> question_of(const Facts& facts) const {
    const Outcome* outcome = facts.get<Outcome>(identity_.outcome);
    const Domain* domain = facts.get<Domain>(identity_.domain);
    if (!outcome || *outcome != Outcome::pass || !domain || domain->empty()) return std::nullopt;
    StateQuestion question;
    question.table = identity_.table;
    question.key = domain->text();
    return question;
  }

  Finding found(std::int64_t days) const {
    Finding finding;
    finding.facts.push_back(FactValue::known(identity_.facts.front().name, static_cast<double>(days)));
    return finding;
  }

  const Identity identity_;
  const std::chrono::seconds keep_;
};

}  // namespace

std::span<const FactSpec> sender_facts() { return kSenderFacts; }
std::span<const FactSpec> from_facts() { return kFromFacts; }

std::unique_ptr<Filter> make_sender(const Options& options) {
  // For <> SPF speaks of the HELO name, which is not the sender's domain: that stays empty.
  return std::make_unique<ReputationFilter>(
      Identity{
          "reputation", kSenderFacts, {Phase::mail, {"spf"}}, "sender.domain", "spf.mailfrom", "seen.sender"},
      options.senders_kept);
}

std::unique_ptr<Filter> make_from(const Options& options) {
  return std::make_unique<ReputationFilter>(Identity{"reputation.from",
                                                     kFromFacts,
                                                     {Phase::message, {"from", "dmarc"}},
                                                     "from.domain",
                                                     "dmarc.result",
                                                     "seen.from"},
                                            options.senders_kept);
}

}  // namespace filters::reputation
