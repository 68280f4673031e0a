#include "filters/dkim/dkim_filter.h"

#include <algorithm>
#include <array>
#include <utility>

#include "policy/facts/text.h"

#include "filters/dkim/judgement.h"
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

Evidence evidence(const Judged& judged) {
  Evidence evidence{.method = "dkim",
                    .property = "header.d",
                    .value = judged.claim.domain,
                    .outcome = judged.outcome,
                    .reason = judged.reason,
                    .details = {}};
  if (!judged.claim.selector.empty()) evidence.details.emplace_back("selector", judged.claim.selector);
  if (!judged.claim.algorithm.empty()) evidence.details.emplace_back("algorithm", judged.claim.algorithm);
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
    weak = weak || judged.weak;
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
    return facts.message() ? missing_keys(*facts.message(), answers) : std::vector<Question>();
  }

  Finding examine(const Facts& facts, const Answers& answers) const override {
    const Message* message = facts.message();
    if (!message || !message->complete()) return trouble("the message is not complete");
    Finding finding;
    finding.questions = missing_keys(*message, answers);
    if (!finding.questions.empty()) return finding;

    const Time* now = facts.get<Time>("now");
    const std::vector<Judged> all =
        judge(*message, answers, now ? std::optional(*now) : std::nullopt, limits_);
    for (const Judged& judged : all) finding.evidence.push_back(evidence(judged));
    if (all.empty())
      finding.evidence.push_back({.method = "dkim",
                                  .property = {},
                                  .value = {},
                                  .outcome = Outcome::none,
                                  .reason = {},
                                  .details = {}});
    add_facts(all, message->count("DKIM-Signature"), finding);
    return finding;
  }

  Finding trouble(std::string_view because) const override { return nothing_found("dkim", kFacts, because); }

 private:
  std::vector<Question> missing_keys(const Message& message, const Answers& answers) const {
    std::vector<Question> missing;
    for (Question& question : key_questions(message, limits_))
      if (!answers.has(question)) missing.push_back(std::move(question));
    return missing;
  }

  Limits limits_;
};

}  // namespace

std::span<const FactSpec> facts() { return kFacts; }

std::unique_ptr<Filter> make_dkim(const Options& options) { return std::make_unique<DkimFilter>(options); }

}  // namespace filters::dkim
