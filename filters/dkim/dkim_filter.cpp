#include "filters/dkim/dkim_filter.h"

#include <algorithm>
#include <array>
#include <utility>

#include "policy/facts/text.h"

#include "filters/dkim/judgement.h"
#include "filters/dkim/work.h"
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

constexpr std::array kBestFirst{Outcome::pass, Outcome::temperror, Outcome::policy,
                                Outcome::fail, Outcome::permerror, Outcome::none};

std::size_t rank(Outcome outcome) {
  return static_cast<std::size_t>(std::find(kBestFirst.begin(), kBestFirst.end(), outcome) -
                                  kBestFirst.begin());
}

Evidence evidence(Judged judged) {
  Evidence evidence{.method = "dkim",
                    .property = "header.d",
                    .value = std::move(judged.claim.domain),
                    .outcome = judged.outcome,
                    .reason = std::move(judged.reason),
                    .details = {},
                    .steps = std::move(judged.steps)};
  const auto tell = [&](const char* name, std::string text) {
    if (!text.empty()) evidence.details.emplace_back(name, std::move(text));
  };
  tell("selector", std::move(judged.claim.selector));
  tell("algorithm", std::move(judged.claim.algorithm));
  if (judged.key_bits > 0) tell("key_bits", std::to_string(judged.key_bits));
  tell("identity", std::move(judged.identity));
  if (judged.outcome == Outcome::pass) tell("weak", std::move(judged.weak));
  tell("remedy", std::move(judged.remedy));
  return evidence;
}

// The result is known once a signature passes; which domains pass is not, while a key is missing.
void add_facts(const std::vector<Judged>& all, std::size_t count, Finding& finding) {
  Outcome best = Outcome::none;
  List domains;
  std::string trouble;
  bool weak = false;
  for (const Judged& judged : all) {
    if (rank(judged.outcome) < rank(best)) best = judged.outcome;
    if (judged.outcome == Outcome::temperror && trouble.empty()) trouble = judged.reason;
    if (judged.outcome != Outcome::pass) continue;
    weak = weak || !judged.weak.empty();
    if (std::find(domains.begin(), domains.end(), judged.claim.domain) == domains.end())
      domains.push_back(judged.claim.domain);
  }
  finding.facts.push_back(best == Outcome::temperror ? FactValue::troubled("dkim.result", trouble)
                                                     : FactValue::known("dkim.result", best));
  finding.facts.push_back(trouble.empty()
                              ? FactValue::known("dkim.pass_domains", std::move(domains))
                              : FactValue::troubled("dkim.pass_domains", trouble, std::move(domains)));
  finding.facts.push_back(FactValue::known("dkim.count", static_cast<double>(count)));
  finding.facts.push_back(trouble.empty() || weak ? FactValue::known("dkim.weak", weak)
                                                  : FactValue::troubled("dkim.weak", trouble));
}

class DkimFilter final : public Filter {
 public:
  explicit DkimFilter(const Options& options) : limits_{options.dkim_signatures, options.dkim_body_hashes} {}

  std::string_view name() const override { return "dkim"; }
  Needs needs() const override { return {Phase::message}; }

  std::vector<Question> foresee(const Facts& facts, const Answers& answers) const override {
    if (!facts.message()) return {};
    return missing_keys(read_signatures(*facts.message(), limits_), answers);
  }

  bool foresees_more() const override { return false; }

  std::uint64_t work(const Facts& facts, const Answers&) const override {
    return facts.message() ? dkim::work(*facts.message(), limits_) : 0;
  }

  Finding examine(const Facts& facts, const Answers& answers) const override {
    const Message* message = facts.message();
    if (!message || !message->complete()) return trouble("the message is not complete");
    const std::vector<SignatureField> fields = read_signatures(*message, limits_);
    Finding finding;
    finding.questions = missing_keys(fields, answers);
    if (!finding.questions.empty()) return finding;

    const Time* now = facts.get<Time>("now");
    std::vector<Judged> all =
        judge(*message, fields, answers, now ? std::optional(*now) : std::nullopt, limits_);
    add_facts(all, message->count("DKIM-Signature"), finding);
    for (Judged& judged : all) finding.evidence.push_back(evidence(std::move(judged)));
    if (all.empty())
      finding.evidence.push_back({.method = "dkim",
                                  .property = {},
                                  .value = {},
                                  .outcome = Outcome::none,
                                  .reason = {},
                                  .details = {}});
    return finding;
  }

  Finding trouble(std::string_view because) const override { return nothing_found("dkim", kFacts, because); }

 private:
  Limits limits_;
};

}  // namespace

std::span<const FactSpec> facts() { return kFacts; }

std::unique_ptr<Filter> make_dkim(const Options& options) { return std::make_unique<DkimFilter>(options); }

}  // namespace filters::dkim
