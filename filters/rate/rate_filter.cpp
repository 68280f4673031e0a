#include "filters/rate/rate_filter.h"

#include <optional>

#include "filters/rate/counting.h"
#include "filters/registry.h"

namespace filters::rate {
namespace {

using enum Owner;

constexpr std::string_view kClient = "client.rate";
constexpr std::string_view kRefused = "client.refused_rate";
constexpr std::string_view kSender = "sender.rate";

constexpr std::string_view kClientTable = "rate.client";
constexpr std::string_view kRefusedTable = "rate.refused";
constexpr std::string_view kSenderTable = "rate.sender";

constexpr FactSpec kFacts[] = {
    {kClient, Type::number, Phase::mail, transaction,
     "messages begun by the client's /24 or /64 within an hour, this one among them"},
    {kRefused, Type::number, Phase::mail, transaction,
     "recipients for good refused to the client's /24 or /64 within an hour, before this message"},
    {kSender, Type::number, Phase::mail, transaction,
     "messages begun for the sender's domain within an hour, this one among them; 0 for <>"},
};

std::optional<std::string> network_of(const Facts& facts) {
  const IpAddress* client = facts.get<IpAddress>("client.ip");
  return client ? std::optional(client_network(*client).text()) : std::nullopt;
}

class RateFilter final : public Filter {
 public:
  std::string_view name() const override { return "rate"; }
  Needs needs() const override { return {Phase::mail}; }
  std::uint64_t work(const Facts&, const Answers&) const override { return 0; }

  Finding examine(const Facts& facts, const Answers& answers) const override {
    Finding finding;
    if (const auto network = network_of(facts)) {
      look(finding, answers, kClient, count(kClientTable, *network, 1));
      look(finding, answers, kRefused, count(kRefusedTable, *network, 0));
    } else {
      for (const std::string_view fact : {kClient, kRefused})
        finding.facts.push_back(FactValue::troubled(fact, "client.ip is not known"));
    }
    const Domain* sender = facts.get<Domain>("sender.domain");
    if (!sender)
      finding.facts.push_back(FactValue::troubled(kSender, "sender.domain is not known"));
    else if (sender->empty())
      finding.facts.push_back(FactValue::known(kSender, 0.0));
    else
      look(finding, answers, kSender, count(kSenderTable, sender->text(), 1));
    return finding;
  }

  std::vector<StateUpdate> learn(const Facts& facts, const Answers&, const Ending& ending) const override {
    const auto network = network_of(facts);
    if (!network || ending.refused == 0) return {};
    return {{StateUpdate::Does::add, std::string(kRefusedTable), *network,
             static_cast<double>(ending.refused), kWindow}};
  }

  Finding trouble(std::string_view because) const override {
    Finding finding = nothing_found("rate", kFacts, because);
    finding.evidence.clear();
    return finding;
  }

 private:
  static void look(Finding& finding, const Answers& answers, std::string_view fact, StateQuestion question) {
    if (const StateAnswer* answer = answers.state(question))
      finding.facts.push_back(counted(fact, *answer));
    else
      finding.questions.emplace_back(std::move(question));
  }
};

}  // namespace

std::span<const FactSpec> facts() { return kFacts; }

std::unique_ptr<Filter> make_rate(const Options&) { return std::make_unique<RateFilter>(); }

}  // namespace filters::rate
