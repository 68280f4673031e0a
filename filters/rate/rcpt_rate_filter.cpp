#include "filters/rate/rcpt_rate_filter.h"

#include "filters/rate/counting.h"
#include "filters/registry.h"

namespace filters::rate {
namespace {

constexpr std::string_view kRcpt = "rcpt.rate";
constexpr std::string_view kRcptTable = "rate.rcpt";

constexpr FactSpec kFacts[] = {
    {kRcpt, Type::number, Phase::rcpt, Owner::recipient,
     "messages begun for this recipient within an hour, this one among them"},
};

class RcptRateFilter final : public Filter {
 public:
  std::string_view name() const override { return "rate.rcpt"; }
  Owner owner() const override { return Owner::recipient; }
  Needs needs() const override { return {Phase::rcpt}; }
  std::uint64_t work(const Facts&, const Answers&) const override { return 0; }

  Finding examine(const Facts& facts, const Answers& answers) const override {
    const Address* recipient = facts.get<Address>("rcpt.address");
    if (!recipient) return trouble("rcpt.address is not known");
    StateQuestion question = count(kRcptTable, recipient->comparable(), 1);
    Finding finding;
    if (const StateAnswer* answer = answers.state(question))
      finding.facts.push_back(counted(kRcpt, *answer));
    else
      finding.questions.emplace_back(std::move(question));
    return finding;
  }

  Finding trouble(std::string_view because) const override {
    Finding finding;
    finding.facts.push_back(FactValue::troubled(kRcpt, std::string(because)));
    return finding;
  }
};

}  // namespace

std::span<const FactSpec> rcpt_facts() { return kFacts; }

std::unique_ptr<Filter> make_rcpt_rate(const Options&) { return std::make_unique<RcptRateFilter>(); }

}  // namespace filters::rate
