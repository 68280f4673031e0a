#include "filters/arc/arc_filter.h"

#include <algorithm>
#include <utility>

#include "filters/arc/chain.h"
#include "filters/arc/evidence.h"
#include "filters/arc/judgement.h"
#include "filters/registry.h"

namespace filters::arc {
namespace {

using enum Owner;

constexpr FactSpec kFacts[] = {
    {"arc.result", Type::outcome, Phase::message, transaction,
     "the chain of seals: none, pass, fail; troubled when a key could not be looked up"},
    {"arc.sealers", Type::list, Phase::message, transaction,
     "domains (d=) that sealed a chain that passes, the newest first", Type::domain},
    {"arc.trusted", Type::boolean, Phase::message, transaction,
     "the chain passes, and one of trusted_sealers vouches for the message as it is"},
};

// One signature, in octets gone through once (Filter::work()): chains of three sets stay on the loop, for 2
// ms at the most.
constexpr std::uint64_t kKeyWork = 32 << 10;

void add_facts(const Chain& chain, const Judged& judged, Finding& finding) {
  const bool trouble = judged.outcome == Outcome::temperror;
  finding.facts.push_back(trouble ? FactValue::troubled("arc.result", judged.reason)
                                  : FactValue::known("arc.result", judged.outcome));
  List sealers;
  if (judged.outcome == Outcome::pass) sealers = arc::sealers(chain);
  finding.facts.push_back(trouble ? FactValue::troubled("arc.sealers", judged.reason)
                                  : FactValue::known("arc.sealers", std::move(sealers)));
  finding.facts.push_back(judged.trust == Trust::troubled
                              ? FactValue::troubled("arc.trusted", trust_trouble(judged))
                              : FactValue::known("arc.trusted", judged.trust == Trust::yes));
}

class ArcFilter final : public Filter {
 public:
  explicit ArcFilter(const Options& options) : trusted_(options.trusted_sealers) {}

  std::string_view name() const override { return "arc"; }
  Needs needs() const override { return {Phase::message}; }

  std::vector<Question> foresee(const Facts& facts, const Answers& answers) const override {
    return facts.message() ? missing_keys(read_chain(*facts.message()), answers) : std::vector<Question>();
  }

  bool foresees_more() const override { return false; }

  // A seal and a message signature of each set, over the header section, and at most that many bodies.
  std::uint64_t work(const Facts& facts, const Answers&) const override {
    const Message* message = facts.message();
    const std::uint64_t sets = message ? message->count("ARC-Seal") : 0;
    if (sets == 0) return 0;
    return std::min<std::uint64_t>(sets, kMostBodyHashes) * (message->size() - message->header().size()) +
           2 * sets * (message->header().size() + kKeyWork);
  }

  Finding examine(const Facts& facts, const Answers& answers) const override {
    const Message* message = facts.message();
    if (!message || !message->complete()) return trouble("the message is not complete");
    const Chain chain = read_chain(*message);
    Finding finding;
    finding.questions = missing_keys(chain, answers);
    if (!finding.questions.empty()) return finding;

    const Time* now = facts.get<Time>("now");
    const Judged judged = judge(*message, chain, answers, now ? std::optional(*now) : std::nullopt, trusted_);
    finding.evidence.push_back(evidence(chain, judged));
    add_facts(chain, judged, finding);
    return finding;
  }

  Finding trouble(std::string_view because) const override { return nothing_found("arc", kFacts, because); }

 private:
  static std::vector<Question> missing_keys(const Chain& chain, const Answers& answers) {
    std::vector<Question> missing;
    for (DnsQuestion& question : key_questions(chain))
      if (!answers.has(question)) missing.emplace_back(std::move(question));
    return missing;
  }

  const std::vector<Domain> trusted_;
};

}  // namespace

std::span<const FactSpec> facts() { return kFacts; }

std::unique_ptr<Filter> make_arc(const Options& options) { return std::make_unique<ArcFilter>(options); }

}  // namespace filters::arc
