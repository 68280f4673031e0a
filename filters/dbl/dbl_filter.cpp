#include "filters/dbl/dbl_filter.h"

#include <algorithm>
#include <numeric>

#include "filters/dbl/identities.h"
#include "filters/dbl/judgement.h"
#include "filters/registry.h"

namespace filters::dbl {
namespace {

constexpr FactSpec kEnvelopeFacts[] = {
    {kClient, Type::list, Phase::mail, Owner::transaction,
     "the ids of the lists of filter.dbl that list the client's confirmed name"},
    {kHelo, Type::list, Phase::mail, Owner::transaction,
     "the ids of the lists of filter.dbl that list the HELO name"},
    {kSender, Type::list, Phase::mail, Owner::transaction,
     "the ids of the lists of filter.dbl that list the envelope sender's domain"},
    {kEnvelopeScore, Type::number, Phase::mail, Owner::transaction,
     "the weights of all lists of filter.dbl that list one of these three, each list once"},
};

constexpr FactSpec kAuthorFacts[] = {
    {kFrom, Type::list, Phase::headers, Owner::transaction,
     "the ids of the lists of filter.dbl that list the author's domain"},
    {kScore, Type::number, Phase::headers, Owner::transaction,
     "as dbl.envelope_score, with the author's domain"},
};

// The weights of several domains: a list that has two of them counts once.
class Total {
 public:
  void add(const Judgement& judgement) {
    weights_.resize(judgement.weights.size());
    for (std::size_t i = 0; i < weights_.size(); ++i)
      weights_[i] = std::max(weights_[i], judgement.weights[i]);
  }
  double sum() const { return std::accumulate(weights_.begin(), weights_.end(), 0.0); }

 private:
  std::vector<double> weights_;
};

void take(Finding& finding, const Identity& identity, Judgement judgement) {
  judgement.evidence.method = "dbl";
  judgement.evidence.property = identity.property;
  finding.evidence.push_back(std::move(judgement.evidence));
  finding.facts.push_back(FactValue::known(identity.fact, std::move(judgement.listed)));
  finding.questions.insert(finding.questions.end(), std::move_iterator(judgement.questions.begin()),
                           std::move_iterator(judgement.questions.end()));
}

class DblFilter : public Filter {
 public:
  explicit DblFilter(std::vector<dnsxl::DnsList> lists) : lists_(std::move(lists)) {}

  Finding examine(const Facts& facts, const Answers& answers) const final { return find(facts, answers); }
  // A list that has not answered counts as not listing.
  Finding conclude(const Facts& facts, const Answers& answers, std::string_view) const final {
    Finding finding = find(facts, answers);
    finding.questions.clear();
    return finding;
  }

 protected:
  virtual Finding find(const Facts& facts, const Answers& answers) const = 0;
  Judgement judged(const Identity& identity, const Facts& facts, const Answers& answers) const {
    return judge(identity.domain, lists_, facts, answers);
  }

 private:
  const std::vector<dnsxl::DnsList> lists_;
};

class EnvelopeFilter final : public DblFilter {
 public:
  using DblFilter::DblFilter;
  std::string_view name() const override { return "dbl"; }
  Needs needs() const override { return {Phase::mail, {"rdns"}}; }
  Finding trouble(std::string_view because) const override {
    return nothing_found("dbl", kEnvelopeFacts, because);
  }

 private:
  Finding find(const Facts& facts, const Answers& answers) const override {
    Finding finding;
    Total total;
    for (const Identity& identity : envelope_identities(facts)) {
      Judgement judgement = judged(identity, facts, answers);
      total.add(judgement);
      take(finding, identity, std::move(judgement));
    }
    finding.facts.push_back(FactValue::known(kEnvelopeScore, total.sum()));
    return finding;
  }
};

class AuthorFilter final : public DblFilter {
 public:
  using DblFilter::DblFilter;
  std::string_view name() const override { return "dbl_from"; }
  Needs needs() const override { return {Phase::headers, {"from", "dbl"}}; }
  Finding trouble(std::string_view because) const override {
    return nothing_found("dbl", kAuthorFacts, because);
  }

 private:
  // The answers about the envelope are among those pinned already.
  Finding find(const Facts& facts, const Answers& answers) const override {
    Finding finding;
    Total total;
    for (const Identity& identity : envelope_identities(facts)) total.add(judged(identity, facts, answers));
    const Identity author = author_identity(facts);
    Judgement judgement = judged(author, facts, answers);
    total.add(judgement);
    take(finding, author, std::move(judgement));
    finding.facts.push_back(FactValue::known(kScore, total.sum()));
    return finding;
  }
};

}  // namespace

std::span<const FactSpec> envelope_facts() { return kEnvelopeFacts; }
std::span<const FactSpec> author_facts() { return kAuthorFacts; }

std::unique_ptr<Filter> make_dbl(const Options& options) {
  return std::make_unique<EnvelopeFilter>(options.dbl);
}
std::unique_ptr<Filter> make_dbl_from(const Options& options) {
  return std::make_unique<AuthorFilter>(options.dbl);
}

}  // namespace filters::dbl
