#include "filters/names/client_names.h"

#include <algorithm>

#include "filters/names/dns_name.h"
#include "filters/names/reverse_name.h"

namespace filters::names {
namespace {

constexpr std::size_t kClientNames = 10;  // RFC 7208 §4.6.4

ClaimedName::State state_of(const DnsAnswer* answer, const IpAddress& client) {
  using enum ClaimedName::State;
  if (!answer) return open;
  if (answer->failed()) return failed;
  return std::any_of(answer->records.begin(), answer->records.end(),
                     [&](const DnsRecord& record) { return record.address == client; })
             ? confirmed
             : other_address;
}

bool is_below(std::string_view name, std::string_view domain) {
  return name.size() > domain.size() && name.ends_with(domain) &&
         name[name.size() - domain.size() - 1] == '.';
}

}  // namespace

std::string_view name(ClaimedName::State state) {
  switch (state) {
    case ClaimedName::State::confirmed: return "confirmed: the client's address is among its own";
    case ClaimedName::State::other_address: return "not confirmed: the client's address is not among its own";
    case ClaimedName::State::failed: return "passed over: the look-up failed";
    case ClaimedName::State::open: break;
  }
  return "not looked up";
}

std::string ClientNames::told() const {
  if (status != DnsStatus::ok) return "names of the client: " + std::string(name(status));
  return "names of the client: " + std::to_string(claimed.size());
}

std::string_view ClientNames::best(std::string_view domain, bool or_any) const {
  std::string_view below;
  std::string_view first;
  for (const ClaimedName& one : claimed) {
    if (one.state != ClaimedName::State::confirmed) continue;
    const std::string_view name = one.asked.name;
    if (name == domain) return name;
    if (first.empty()) first = name;
    if (below.empty() && is_below(name, domain)) below = name;
  }
  return !below.empty() || !or_any ? below : first;
}

ClientNames client_names(const IpAddress& client, const Answers& answers) {
  ClientNames names{.asked = reverse_question(client)};
  const DnsAnswer* pointers = answers.dns(names.asked);
  names.open = !pointers;
  if (!pointers) return names;
  names.status = pointers->status;
  const RecordType type = client.is_v4() ? RecordType::a : RecordType::aaaa;
  const std::size_t count = std::min(pointers->records.size(), kClientNames);
  for (std::size_t i = 0; i < count; ++i) {
    if (!can_ask(pointers->records[i].text)) continue;
    ClaimedName one{.asked = {pointers->records[i].text, type}};
    one.state = state_of(answers.dns(one.asked), client);
    names.open = names.open || one.state == ClaimedName::State::open;
    names.claimed.push_back(std::move(one));
  }
  return names;
}

}  // namespace filters::names
