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
constexpr std::string_view kExplanation = "spf.explanation";

// A message may ask 200 questions (DESIGN: bounds per filter).  The sender's check takes 145 at the most,
// what it foresees and its explanation included; whoever is greeted with a HELO name of long records shall
// not use up the rest.
constexpr std::size_t kHeloLookUps = 40;
constexpr std::size_t kHeloRecordOctets = 20'000;

constexpr FactSpec kFacts[] = {
    {kMailfrom, Type::outcome, Phase::mail, transaction,
     "SPF for the envelope sender (postmaster@HELO for <>)"},
    {kHelo, Type::outcome, Phase::mail, transaction, "SPF for the HELO name"},
    {kDomain, Type::domain, Phase::mail, transaction, "the domain spf.mailfrom was checked for"},
    {kMechanism, Type::text, Phase::mail, transaction, "the mechanism that decided spf.mailfrom"},
    {kExplanation, Type::text, Phase::mail, transaction,
     "how the domain explains its fail (exp=); looked up only if a rule names it"},
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
    identity.result = none("the HELO name can have no SPF record: " + printable(*helo, 80));
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

Evidence evidence(std::string_view property, Identity& identity) {
  Evidence found{.method = "spf",
                 .property = std::string(property),
                 .value = identity.value,
                 .outcome = identity.result.outcome,
                 .reason = std::move(identity.result.reason),
                 .steps = std::move(identity.result.steps)};
  // A HELO name without a record is nothing to mend.
  const bool mends = identity.result.outcome != Outcome::none || property == "smtp.mailfrom";
  if (mends && !identity.result.remedy.empty()) found.details.emplace_back("remedy", identity.result.remedy);
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

// What the domain says of its fail.
FactValue explanation(const CheckResult& result, std::string_view why_open) {
  if (!result.trouble.empty()) return FactValue::troubled(kExplanation, result.trouble);
  if (result.explanation_open) return FactValue::troubled(kExplanation, std::string(why_open));
  return FactValue::known(kExplanation, result.explanation);
}

class SpfFilter final : public Filter {
 public:
  explicit SpfFilter(const Options& options)
      : hostname_(options.hostname), explains_(options.facts_named.contains(kExplanation)) {}

  std::string_view name() const override { return "spf"; }
  Needs needs() const override { return {Phase::mail}; }

  Finding examine(const Facts& facts, const Answers& answers) const override {
    const IpAddress* client = facts.get<IpAddress>("client.ip");
    if (!client) return trouble("client.ip is not known");
    Identities identities = check(facts, *client, answers, explains_);
    Finding finding;
    for (const Identity* identity : {&identities.mailfrom, &identities.helo})
      for (const Question& question : identity->result.questions)
        if (std::find(finding.questions.begin(), finding.questions.end(), question) ==
            finding.questions.end())
          finding.questions.push_back(question);
    if (!finding.questions.empty()) return finding;
    return finding_of(std::move(identities), "not looked up: no rule names spf.explanation");
  }

  // What one identity asks for must not take away what is known of the other: a stranger writes the records
  // of the HELO name he chose.  Nor does an explanation that is not there take away a fail.
  Finding conclude(const Facts& facts, const Answers& answers, std::string_view because) const override {
    const IpAddress* client = facts.get<IpAddress>("client.ip");
    if (!client) return trouble(because);
    Identities identities = check(facts, *client, answers, explains_);
    if (!identities.mailfrom.result.questions.empty()) identities = check(facts, *client, answers, false);
    for (Identity* identity : {&identities.mailfrom, &identities.helo})
      if (!identity->result.questions.empty()) identity->result = troubled(std::string(because));
    return finding_of(std::move(identities), because);
  }

  Finding trouble(std::string_view because) const override {
    Finding finding = nothing_found("spf", kFacts, because);
    finding.evidence.push_back(finding.evidence.front());
    finding.evidence.front().property = "smtp.mailfrom";
    finding.evidence.back().property = "smtp.helo";
    return finding;
  }

 private:
  Identities check(const Facts& facts, const IpAddress& client, const Answers& answers, bool explain) const {
    const std::string* helo_name = facts.get<std::string>("helo.name");
    const Time* now = facts.get<Time>("now");
    Identities identities;
    identities.helo = helo_identity(helo_name);
    identities.mailfrom = mailfrom_identity(facts, identities.helo);
    Check check;
    check.client = client;
    check.helo = helo_name ? *helo_name : "unknown";
    check.receiver = hostname_;
    check.now = now ? *now : Time();
    const auto judge = [&](Identity& identity) {
      if (!identity.domain) return;
      check.local = identity.local;
      check.domain = identity.domain->text();
      identity.result = check_host(check, answers);
    };
    check.explain = explain;
    judge(identities.mailfrom);
    check.explain = false;
    check.look_ups = kHeloLookUps;
    check.record_octets = kHeloRecordOctets;
    judge(identities.helo);
    return identities;
  }

  static Finding finding_of(Identities identities, std::string_view no_explanation) {
    Identity& mailfrom = identities.mailfrom;
    const CheckResult& result = mailfrom.result;
    Finding finding;
    finding.evidence.reserve(2);
    finding.evidence.push_back(evidence("smtp.mailfrom", mailfrom));
    finding.evidence.push_back(evidence("smtp.helo", identities.helo));
    finding.facts.reserve(std::size(kFacts));
    finding.facts.push_back(outcome(kHelo, identities.helo.result));
    finding.facts.push_back(outcome(kMailfrom, result));
    // An identity that is not known leaves its domain so too; one without a domain has an empty one.
    finding.facts.push_back(mailfrom.domain || result.trouble.empty()
                                ? FactValue::known(kDomain, mailfrom.domain.value_or(Domain()))
                                : FactValue::troubled(kDomain, result.trouble));
    finding.facts.push_back(result.trouble.empty() ? FactValue::known(kMechanism, result.mechanism)
                                                   : FactValue::troubled(kMechanism, result.trouble));
    finding.facts.push_back(explanation(result, no_explanation));
    return finding;
  }

  const std::string hostname_;
  const bool explains_;
};

}  // namespace

std::span<const FactSpec> facts() { return kFacts; }

std::unique_ptr<Filter> make_spf(const Options& options) { return std::make_unique<SpfFilter>(options); }

}  // namespace filters::spf
