#include "filters/from/from_filter.h"

#include <fmt/core.h>

#include <algorithm>

#include "policy/facts/text.h"

#include "filters/from/author.h"
#include "filters/from/lookalike.h"
#include "filters/registry.h"

namespace filters::from {
namespace {

using enum Owner;

constexpr FactSpec kFacts[] = {
    {"from.address", Type::address, Phase::headers, transaction,
     "the author's address; <> when From has a defect"},
    {"from.domain", Type::domain, Phase::headers, transaction,
     "the author's domain; empty when From has a defect"},
    {"from.name", Type::text, Phase::headers, transaction, "the author's display name, decoded"},
    {"from.local", Type::boolean, Phase::headers, transaction, "the author's domain is one of local.domains"},
    {"from.defect", Type::text, Phase::headers, transaction,
     "what is wrong with the From field; empty when nothing is"},
    {"from.lookalike", Type::text, Phase::headers, transaction,
     "which of local.domains or local.names an author from outside resembles; empty for none"},
};

class FromFilter final : public Filter {
 public:
  explicit FromFilter(const Options& options) : lookalikes_(options.local_domains, options.local_names) {}

  std::string_view name() const override { return "from"; }
  Needs needs() const override { return {Phase::headers}; }

  // Every word of a name is decoded and compared; the other fields are only looked through.
  std::uint64_t work(const Facts& facts, const Answers&) const override {
    const Message* message = facts.message();
    if (!message) return 0;
    const Field* author = message->first("From");
    return (author ? 32 * author->raw.size() : 0) + 64 * message->fields().size() + message->header().size();
  }

  Finding examine(const Facts& facts, const Answers&) const override {
    const Message* message = facts.message();
    if (!message) return trouble("the header section is not here");
    const Envelope* envelope = facts.envelope();
    Author author = find_author(*message, envelope && envelope->smtputf8);
    const bool sound = author.defect.empty();
    const Domain& domain = author.address.domain();
    const List* local = facts.get<List>("local.domains");
    const bool is_local =
        local && !domain.empty() && std::find(local->begin(), local->end(), domain.text()) != local->end();

    Lookalike lookalike = lookalikes_.find(domain, author.name);

    Finding finding;
    finding.evidence.push_back({.method = "from",
                                .property = "header.from",
                                .value = sound ? author.address.text() : printable(author.shown),
                                .outcome = sound ? Outcome::pass : Outcome::permerror,
                                .reason = std::string(explain(author.defect)),
                                .details = {}});
    if (!lookalike.of.empty())
      finding.evidence.back().steps.push_back({.meaning = fmt::format("{} {}", lookalike.how, lookalike.of)});
    finding.facts.push_back(FactValue::known("from.address", author.address));
    finding.facts.push_back(FactValue::known("from.domain", domain));
    finding.facts.push_back(FactValue::known("from.name", std::move(author.name)));
    finding.facts.push_back(FactValue::known("from.local", is_local));
    finding.facts.push_back(FactValue::known("from.defect", std::string(author.defect)));
    finding.facts.push_back(FactValue::known("from.lookalike", std::move(lookalike.of)));
    return finding;
  }

  Finding trouble(std::string_view because) const override { return nothing_found("from", kFacts, because); }

 private:
  const Lookalikes lookalikes_;
};

}  // namespace

std::span<const FactSpec> facts() { return kFacts; }

std::unique_ptr<Filter> make_from(const Options& options) { return std::make_unique<FromFilter>(options); }

}  // namespace filters::from
