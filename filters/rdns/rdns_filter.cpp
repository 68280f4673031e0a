#include "filters/rdns/rdns_filter.h"

#include <fmt/format.h>

#include <algorithm>

#include "policy/facts/text.h"

#include "filters/names/client_names.h"
#include "filters/registry.h"

namespace filters::rdns {
namespace {

using names::ClaimedName;
using names::ClientNames;

constexpr std::string_view kName = "client.name";
constexpr std::string_view kHasName = "client.rdns";

constexpr FactSpec kFacts[] = {
    {kName, Type::domain, Phase::connect, Owner::session,
     "the client's name in the DNS that has the client's address; empty without one"},
    {kHasName, Type::boolean, Phase::connect, Owner::session,
     "the client's address has a name in the DNS, confirmed or not"},
};

std::string asked(const DnsQuestion& question, DnsStatus status) {
  return fmt::format("{} {}: {}", name(question.type), printable(question.name), name(status));
}

// Of several the first of the alphabet: answers come in any order, and a client that comes again is to have
// the name it had before.
Domain confirmed_name(const ClientNames& names) {
  Domain best;
  for (const ClaimedName& one : names.claimed) {
    if (one.state != ClaimedName::State::confirmed) continue;
    const auto domain = Domain::parse(one.asked.name);
    if (domain && (best.empty() || *domain < best)) best = *domain;
  }
  return best;
}

std::string all_claimed(const ClientNames& names) {
  std::string text;
  for (const ClaimedName& one : names.claimed)
    text.append(text.empty() ? "" : ", ").append(printable(one.asked.name));
  return text;
}

const ClaimedName* failed_one(const ClientNames& names) {
  const auto at = std::ranges::find(names.claimed, ClaimedName::State::failed, &ClaimedName::state);
  return at == names.claimed.end() ? nullptr : &*at;
}

Evidence evidence_of(const IpAddress& client, Outcome outcome, std::string reason, const ClientNames& names) {
  Evidence evidence{.method = "iprev",
                    .property = "policy.iprev",
                    .value = client.text(),
                    .outcome = outcome,
                    .reason = std::move(reason)};
  evidence.steps.push_back({.asked = names.asked, .meaning = names.told()});
  for (const ClaimedName& one : names.claimed)
    evidence.steps.push_back({.depth = 1, .asked = one.asked, .meaning = std::string(name(one.state))});
  return evidence;
}

class RdnsFilter final : public Filter {
 public:
  std::string_view name() const override { return "rdns"; }
  Owner owner() const override { return Owner::session; }
  Needs needs() const override { return {Phase::connect}; }

  Finding examine(const Facts& facts, const Answers& answers) const override {
    const IpAddress* client = facts.get<IpAddress>("client.ip");
    if (!client) return trouble("client.ip is not known");
    const ClientNames names = names::client_names(*client, answers);
    if (!names.open) return finding_of(*client, names, {});
    Finding finding;
    if (!answers.dns(names.asked)) finding.questions.emplace_back(names.asked);
    for (const ClaimedName& one : names.claimed)
      if (one.state == ClaimedName::State::open) finding.questions.emplace_back(one.asked);
    return finding;
  }

  // A name that is confirmed already stays so.
  Finding conclude(const Facts& facts, const Answers& answers, std::string_view because) const override {
    const IpAddress* client = facts.get<IpAddress>("client.ip");
    if (!client) return trouble(because);
    const ClientNames names = names::client_names(*client, answers);
    return answers.dns(names.asked) ? finding_of(*client, names, because) : trouble(because);
  }

  Finding trouble(std::string_view because) const override {
    Finding finding = nothing_found("iprev", kFacts, because);
    finding.evidence.front().property = "policy.iprev";
    return finding;
  }

 private:
  // `because`: why names are left that were not looked up; empty where none are.
  static Finding finding_of(const IpAddress& client, const ClientNames& names, std::string_view because) {
    if (names.status != DnsStatus::ok && !names.is_void()) {
      Finding finding = nothing_found("iprev", kFacts, asked(names.asked, names.status));
      finding.evidence.front() =
          evidence_of(client, Outcome::temperror, std::move(finding.evidence.front().reason), names);
      return finding;
    }
    Finding finding;
    finding.facts.push_back(FactValue::known(kHasName, !names.is_void()));
    if (names.is_void()) {
      finding.facts.push_back(FactValue::known(kName, Domain()));
      finding.evidence.push_back(evidence_of(client, Outcome::permerror,
                                             fmt::format("{} has no name in the DNS", client.text()), names));
      return finding;
    }
    Domain confirmed = confirmed_name(names);
    if (!confirmed.empty()) {
      finding.evidence.push_back(evidence_of(
          client, Outcome::pass,
          fmt::format("{} is {}, which has that address", client.text(), confirmed.text()), names));
      finding.facts.push_back(FactValue::known(kName, std::move(confirmed)));
      return finding;
    }
    const ClaimedName* failed = failed_one(names);
    if (failed || names.open) {
      std::string why =
          failed ? fmt::format("the addresses of {} could not be looked up", printable(failed->asked.name))
                 : std::string(because);
      finding.evidence.push_back(evidence_of(client, Outcome::temperror, why, names));
      finding.facts.push_back(FactValue::troubled(kName, std::move(why)));
      return finding;
    }
    std::string why = names.claimed.empty() ? fmt::format("what {} is called can be no name", client.text())
                                            : fmt::format("{} is called {}, which does not have that address",
                                                          client.text(), all_claimed(names));
    finding.evidence.push_back(evidence_of(client, Outcome::fail, std::move(why), names));
    finding.facts.push_back(FactValue::known(kName, Domain()));
    return finding;
  }
};

}  // namespace

std::span<const FactSpec> facts() { return kFacts; }

std::unique_ptr<Filter> make_rdns(const Options&) { return std::make_unique<RdnsFilter>(); }

}  // namespace filters::rdns
