#include "filters/spf/spf_filter.h"

#include <algorithm>
#include <optional>

#include "policy/facts/text.h"

#include "filters/registry.h"
#include "filters/spf/check.h"

namespace filters::spf {
namespace {

using enum Owner;

constexpr std::string_view kHelo = "spf.helo";
constexpr std::string_view kMailfrom = "spf.mailfrom";
constexpr std::string_view kDomain = "spf.domain";
constexpr std::string_view kMechanism = "spf.mechanism";

constexpr FactSpec kFacts[] = {
    {kMailfrom, Type::outcome, Phase::mail, transaction,
     "SPF for the envelope sender (postmaster@HELO for <>)"},
    {kHelo, Type::outcome, Phase::mail, transaction, "SPF for the HELO name"},
    {kDomain, Type::domain, Phase::mail, transaction, "the domain spf.mailfrom was checked for"},
    {kMechanism, Type::text, Phase::mail, transaction, "the mechanism that decided spf.mailfrom"},
};

// One of the two identities of RFC 7208 §2.3 and §2.4, and what came of it.
struct Identity {
  std::string value;  // as the evidence shows it
  std::optional<Domain> domain = {};
  std::string local = {};
  CheckResult result = {};
};

CheckResult troubled(std::string because) {
  CheckResult result;
  result.outcome = Outcome::temperror;
  result.reason = result.trouble = std::move(because);
  return result;
}

CheckResult unknown(std::string_view what) { return troubled(std::string(what) + " is not known"); }

CheckResult none(std::string reason) {
  CheckResult result;
  result.reason = std::move(reason);
  return result;
}

// A name that can have a record: no address literal, not a single label.  RFC 7208 §2.3
std::optional<Domain> checkable(std::string_view name) {
  auto domain = Domain::parse(name);
  if (domain && domain->labels() < 2) domain.reset();
  return domain;
}

Identity helo_identity(const std::string* helo) {
  if (!helo) return {.value = {}, .result = unknown("helo.name")};
  Identity identity{.value = *helo, .domain = checkable(*helo)};
  if (identity.domain)
    identity.value = identity.domain->text();
  else
    identity.result = none("the HELO name is no domain: " + printable(*helo, 80));
  return identity;
}

Identity mailfrom_identity(const Facts& facts, const Identity& helo) {
  const Address* sender = facts.envelope() ? &facts.envelope()->sender : facts.get<Address>("sender.address");
  if (!sender) return {.value = {}, .result = unknown("sender.address")};
  if (sender->is_null()) return helo;  // postmaster@HELO, RFC 7208 §2.4
  Identity identity{.value = sender->domain().text(), .domain = sender->domain(), .local = sender->local()};
  if (sender->domain().labels() < 2) {
    identity.domain.reset();
    if (identity.value.empty()) identity.value = sender->text();
    identity.result = none("the sender's domain can have no SPF record");
  }
  return identity;
}

Evidence evidence(std::string_view property, const Identity& identity) {
  Evidence found{.method = "spf",
                 .property = std::string(property),
                 .value = identity.value,
                 .outcome = identity.result.outcome,
                 .reason = identity.result.reason,
                 .details = {}};
  if (!identity.result.mechanism.empty()) found.details.emplace_back("mechanism", identity.result.mechanism);
  return found;
}

FactValue outcome(std::string_view fact, const CheckResult& result) {
  return result.trouble.empty() ? FactValue::known(fact, result.outcome)
                                : FactValue::troubled(fact, result.trouble);
}

struct Identities {
  Identity mailfrom;
  Identity helo;
};

Identities check(const Facts& facts, const IpAddress& client, const Answers& answers) {
  const std::string* helo_name = facts.get<std::string>("helo.name");
  Identities identities;
  identities.helo = helo_identity(helo_name);
  identities.mailfrom = mailfrom_identity(facts, identities.helo);
  for (Identity* identity : {&identities.mailfrom, &identities.helo}) {
    if (!identity->domain) continue;
    Check check;
    check.client = client;
    check.helo = helo_name ? *helo_name : "unknown";
    check.local = identity->local;
    check.domain = identity->domain->text();
    identity->result = check_host(check, answers);
  }
  return identities;
}

Finding finding_of(const Identities& identities) {
  const Identity& mailfrom = identities.mailfrom;
  const CheckResult& result = mailfrom.result;
  Finding finding;
  finding.evidence = {evidence("smtp.mailfrom", mailfrom), evidence("smtp.helo", identities.helo)};
  finding.facts.push_back(outcome(kHelo, identities.helo.result));
  finding.facts.push_back(outcome(kMailfrom, result));
  // An identity that is not known leaves its domain so too; one without a domain has an empty one.
  finding.facts.push_back(mailfrom.domain || result.trouble.empty()
                              ? FactValue::known(kDomain, mailfrom.domain.value_or(Domain()))
                              : FactValue::troubled(kDomain, result.trouble));
  finding.facts.push_back(result.trouble.empty() ? FactValue::known(kMechanism, result.mechanism)
                                                 : FactValue::troubled(kMechanism, result.trouble));
  return finding;
}

class SpfFilter final : public Filter {
 public:
  std::string_view name() const override { return "spf"; }
  Needs needs() const override { return {Phase::mail}; }

  Finding examine(const Facts& facts, const Answers& answers) const override {
    const IpAddress* client = facts.get<IpAddress>("client.ip");
    if (!client) return trouble("client.ip is not known");
    const Identities identities = check(facts, *client, answers);
    Finding finding;
    for (const Identity* identity : {&identities.mailfrom, &identities.helo})
      for (const Question& question : identity->result.questions)
        if (std::find(finding.questions.begin(), finding.questions.end(), question) ==
            finding.questions.end())
          finding.questions.push_back(question);
    return finding.questions.empty() ? finding_of(identities) : finding;
  }

  // What one identity asks for must not take away what is known of the other: a stranger writes the records
  // of the HELO name he chose.
  Finding conclude(const Facts& facts, const Answers& answers, std::string_view because) const override {
    const IpAddress* client = facts.get<IpAddress>("client.ip");
    if (!client) return trouble(because);
    Identities identities = check(facts, *client, answers);
    for (Identity* identity : {&identities.mailfrom, &identities.helo})
      if (!identity->result.questions.empty()) identity->result = troubled(std::string(because));
    return finding_of(identities);
  }

  Finding trouble(std::string_view because) const override {
    Finding finding = nothing_found("spf", kFacts, because);
    finding.evidence.push_back(finding.evidence.front());
    finding.evidence.front().property = "smtp.mailfrom";
    finding.evidence.back().property = "smtp.helo";
    return finding;
  }
};

}  // namespace

std::span<const FactSpec> facts() { return kFacts; }

std::unique_ptr<Filter> make_spf(const Options&) { return std::make_unique<SpfFilter>(); }

}  // namespace filters::spf
