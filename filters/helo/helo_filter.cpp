#include "filters/helo/helo_filter.h"

#include <fmt/format.h>

#include <algorithm>

#include "policy/facts/text.h"

#include "filters/helo/helo_name.h"
#include "filters/names/existence.h"
#include "filters/registry.h"

namespace filters::helo {
namespace {

using names::Existence;

constexpr std::string_view kValid = "helo.valid";
constexpr std::string_view kResolves = "helo.resolves";
constexpr std::string_view kOurs = "helo.ours";

constexpr FactSpec kFacts[] = {
    {kValid, Type::boolean, Phase::mail, Owner::transaction,
     "the HELO name is a domain with a dot, or an address literal (RFC 5321 §4.1.1.1)"},
    {kResolves, Type::boolean, Phase::mail, Owner::transaction,
     "the HELO name has an A, AAAA or MX record; of an address literal: it is the client's own address"},
    {kOurs, Type::boolean, Phase::mail, Owner::transaction,
     "the HELO name is our hostname, one of local.domains, or an address of ours"},
};

std::string asked(const DnsQuestion& question, DnsStatus status) {
  return fmt::format("{} {}: {}", name(question.type), printable(question.name), name(status));
}

// One of the facts on the way: what it is, what it hangs on, and what was looked at.
struct Look {
  Existence state = Existence::no;
  std::string why;  // for people; of open: empty
  std::vector<Step> steps;
  std::vector<Question> questions;

  FactValue as(std::string_view fact) const {
    return state == Existence::failed ? FactValue::troubled(fact, why)
                                      : FactValue::known(fact, state == Existence::yes);
  }
};

void add_step(Look& look, const DnsQuestion& question, const DnsAnswer* answer) {
  if (!answer) {
    look.questions.emplace_back(question);
    return;
  }
  const bool found = !answer->records.empty();
  look.steps.push_back(
      {.asked = question,
       .meaning = found ? "found" : fmt::format("nothing there ({})", name(answer->status))});
}

// RFC 7505: a null MX is no host.
bool has_exchanger(const DnsAnswer& answer) {
  return std::ranges::any_of(answer.records, [](const DnsRecord& record) { return !record.text.empty(); });
}

Look domain_resolves(const Domain& domain, const Answers& answers) {
  const names::HostLook host = names::has_address(domain.text(), answers);
  Look look{.state = host.exists};
  for (const DnsQuestion& question : host.looked) add_step(look, question, answers.dns(question));
  if (host.exists == Existence::yes) look.why = domain.text() + " has an address";
  if (host.exists == Existence::yes) return look;
  // What is left to ask for when there is no IPv4 address is asked for at once.
  if (host.exists == Existence::open && host.looked.size() == 1) return look;
  const DnsAnswer* first = answers.dns(host.looked.front());
  if (host.exists == Existence::no && first->status == DnsStatus::nxdomain) {
    look.why = domain.text() + " does not exist";
    return look;
  }
  const DnsQuestion exchangers(domain.text(), RecordType::mx);
  const DnsAnswer* answer = answers.dns(exchangers);
  add_step(look, exchangers, answer);
  if (!answer || host.exists == Existence::open) {
    look.state = Existence::open;
  } else if (has_exchanger(*answer)) {
    look.state = Existence::yes;
    look.why = domain.text() + " has an MX";
  } else if (host.exists == Existence::failed || answer->failed()) {
    look.state = Existence::failed;
    look.why = host.failed ? asked(*host.failed, host.failure) : asked(exchangers, answer->status);
  } else {
    look.why = domain.text() + " has neither an address nor an MX";
  }
  return look;
}

Look resolves(const HeloName& name, const IpAddress* client, const Answers& answers) {
  if (name.domain) return domain_resolves(*name.domain, answers);
  if (!name.address) return {.why = "it is no name that could have an address"};
  if (!client) return {.state = Existence::failed, .why = "client.ip is not known"};
  if (*client == *name.address) return {.state = Existence::yes, .why = "it is the client's own address"};
  return {.why = fmt::format("the client's address is {}", client->text())};
}

class HeloFilter final : public Filter {
 public:
  explicit HeloFilter(const Options& options)
      : hostname_(options.hostname),
        own_names_(options.local_domains),
        own_addresses_(options.own_addresses) {
    if (auto own = Domain::parse(hostname_)) own_names_.push_back(std::move(*own));
    std::ranges::sort(own_names_);
  }

  std::string_view name() const override { return "helo"; }
  Needs needs() const override { return {Phase::mail}; }

  Finding examine(const Facts& facts, const Answers& answers) const override {
    return find(facts, answers, {});
  }
  Finding conclude(const Facts& facts, const Answers& answers, std::string_view because) const override {
    return find(facts, answers, because);
  }
  Finding trouble(std::string_view because) const override {
    Finding finding = nothing_found("helo", kFacts, because);
    finding.evidence.front().property = "smtp.helo";
    return finding;
  }

 private:
  // `because`: why nothing more may be asked; empty where it may.
  Finding find(const Facts& facts, const Answers& answers, std::string_view because) const {
    const std::string* said = facts.get<std::string>("helo.name");
    if (!said) return trouble(because.empty() ? "helo.name is not known" : because);
    const HeloName name = read_helo_name(*said);
    Look resolving = resolves(name, facts.get<IpAddress>("client.ip"), answers);
    Look claiming = claims_us(name, answers);
    Finding finding;
    for (Look* look : {&resolving, &claiming}) {
      if (look->questions.empty()) continue;
      if (because.empty())
        finding.questions.insert(finding.questions.end(), look->questions.begin(), look->questions.end());
      look->state = Existence::failed;
      look->why = because;
    }
    if (!finding.questions.empty()) return finding;
    finding.facts = {FactValue::known(kValid, name.valid), resolving.as(kResolves), claiming.as(kOurs)};
    finding.evidence.push_back(evidence_of(*said, name, std::move(resolving), std::move(claiming)));
    return finding;
  }

  Look claims_us(const HeloName& name, const Answers& answers) const {
    Look look;
    if (name.domain && std::ranges::binary_search(own_names_, *name.domain))
      return {.state = Existence::yes, .why = name.domain->text() + " is a name of ours"};
    if (!name.address) return look;
    if (name.address->is_loopback() ||
        std::ranges::find(own_addresses_, *name.address) != own_addresses_.end())
      return {.state = Existence::yes, .why = name.address->text() + " is an address of ours"};
    // Where we listen on all addresses, or behind a router, those that others know are in the DNS.
    const DnsQuestion own(hostname_, name.address->is_v4() ? RecordType::a : RecordType::aaaa);
    const DnsAnswer* answer = answers.dns(own);
    add_step(look, own, answer);
    if (!answer) return look;
    if (answer->failed()) return {.state = Existence::failed, .why = asked(own, answer->status)};
    const bool ours =
        std::ranges::find(answer->records, *name.address, &DnsRecord::address) != answer->records.end();
    look.state = ours ? Existence::yes : Existence::no;
    if (ours) look.why = fmt::format("{} is the address of {}", name.address->text(), hostname_);
    return look;
  }

  static Evidence evidence_of(const std::string& said, const HeloName& name, Look resolving, Look claiming) {
    Evidence evidence{.method = "helo", .property = "smtp.helo", .value = said};
    const bool trouble = resolving.state == Existence::failed || claiming.state == Existence::failed;
    const bool good = name.valid && resolving.state == Existence::yes && claiming.state == Existence::no;
    evidence.outcome = good ? Outcome::pass : trouble ? Outcome::temperror : Outcome::fail;
    if (!name.valid)
      evidence.reason = "it is neither a domain with a dot nor an address literal (RFC 5321 §4.1.1.1); ";
    evidence.reason += resolving.why;
    if (!claiming.why.empty()) evidence.reason.append("; ").append(claiming.why);
    evidence.steps = std::move(resolving.steps);
    for (Step& step : claiming.steps) evidence.steps.push_back(std::move(step));
    return evidence;
  }

  const std::string hostname_;
  std::vector<Domain> own_names_;
  const std::vector<IpAddress> own_addresses_;
};

}  // namespace

std::span<const FactSpec> facts() { return kFacts; }

std::unique_ptr<Filter> make_helo(const Options& options) { return std::make_unique<HeloFilter>(options); }

}  // namespace filters::helo
