#include "filters/sender/exchangers.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <tuple>

#include "policy/facts/text.h"

#include "filters/names/existence.h"

namespace filters::sender {
namespace {

using names::Existence;
using State = Destination::State;

constexpr std::size_t kMostExchangers = 10;  // as for SPF, RFC 7208 §4.6.4

std::string asked(const DnsQuestion& question, DnsStatus status) {
  return fmt::format("{} {}: {}", name(question.type), printable(question.name), name(status));
}

// The hosts of an MX, the preferred one first.  The null MX is none, and beside others it is a mistake.
// RFC 7505 §3
std::vector<std::string_view> hosts_of(const DnsAnswer& exchangers) {
  std::vector<const DnsRecord*> records;
  for (const DnsRecord& record : exchangers.records)
    if (!record.text.empty()) records.push_back(&record);
  std::ranges::sort(records, [](const DnsRecord* a, const DnsRecord* b) {
    return std::tie(a->preference, a->text) < std::tie(b->preference, b->text);
  });
  std::vector<std::string_view> hosts;
  for (const DnsRecord* record : records)
    if (hosts.size() < kMostExchangers) hosts.push_back(record->text);
  return hosts;
}

// Looks for one host that has an address: the IPv4 address of the preferred one, and where that has none all
// else at once.  True when one was found.
bool look_at_hosts(std::span<const std::string_view> hosts, const Answers& answers, Destination& found) {
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    const names::HostLook host = names::has_address(hosts[i], answers, i > 0);
    for (const DnsQuestion& question : host.looked) {
      const DnsAnswer* answer = answers.dns(question);
      if (!answer) {
        found.questions.push_back(question);
        continue;
      }
      if (answer->failed() && found.why.empty()) found.why = asked(question, answer->status);
      found.steps.push_back(
          {.depth = 1, .asked = question, .meaning = answer->records.empty() ? "no address" : "an address"});
    }
    if (host.exists == Existence::yes) {
      found.state = State::somewhere;
      found.why = fmt::format("{} has an address", printable(hosts[i]));
      found.questions.clear();
      return true;
    }
    if (i == 0 && host.exists == Existence::open && host.looked.size() == 1) break;
  }
  return false;
}

}  // namespace

Destination destination_of(const Domain& domain, const Answers& answers) {
  Destination found;
  if (domain.labels() < 2) {
    found.state = State::nowhere;
    found.why = fmt::format("{} is no domain that mail could go to", domain.text());
    return found;
  }
  const DnsQuestion exchangers(domain.text(), RecordType::mx);
  const DnsAnswer* answer = answers.dns(exchangers);
  if (!answer) {
    found.questions.push_back(exchangers);
    return found;
  }
  Step& first =
      found.steps.emplace_back(Step{.asked = exchangers, .meaning = std::string(name(answer->status))});
  if (answer->failed()) {
    found.state = State::failed;
    found.why = asked(exchangers, answer->status);
    return found;
  }
  if (answer->status == DnsStatus::nxdomain) {
    found.state = State::nowhere;
    found.why = first.meaning = domain.text() + " does not exist";
    return found;
  }
  const bool implicit = answer->records.empty();
  std::vector<std::string_view> hosts = hosts_of(*answer);
  if (!implicit && hosts.empty()) {
    found.state = State::null_mx;
    found.why = first.meaning = domain.text() + " says that it takes no mail (RFC 7505)";
    return found;
  }
  first.meaning = implicit ? "no MX: the domain's own address counts" : fmt::format("MX: {}", hosts.size());
  if (implicit) hosts = {domain.text()};
  if (look_at_hosts(hosts, answers, found)) return found;
  if (!found.questions.empty()) return found;
  found.state = found.why.empty() ? State::nowhere : State::failed;
  if (found.state == State::nowhere)
    found.why = implicit ? domain.text() + " has neither an MX nor an address"
                         : fmt::format("no host that {} names for its mail has an address", domain.text());
  return found;
}

}  // namespace filters::sender
