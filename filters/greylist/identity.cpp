#include "filters/greylist/identity.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "policy/facts/text.h"

#include "filters/dmarc/public_suffix.h"

namespace filters::greylist {
namespace {

constexpr std::size_t kLongestLocalPart = 64;  // RFC 5321 §4.5.3.1.1; what is longer is cut

bool is_digit(char c) { return c >= '0' && c <= '9'; }

const Domain* confirmed_name(const Facts& facts) {
  const auto id = facts.vocabulary().find("client.name");
  if (!id || !facts.vocabulary().enabled(*id)) return nullptr;
  const Domain* name = facts.get<Domain>("client.name");
  return name && !name->empty() ? name : nullptr;
}

// The numbers in it, without zeros in front.
std::set<std::string, std::less<>> numbers_in(std::string_view name) {
  std::set<std::string, std::less<>> numbers;
  for (std::size_t at = 0; at < name.size();) {
    std::size_t end = at;
    while (end < name.size() && is_digit(name[end])) ++end;
    if (end > at) {
      const std::size_t first = std::min(name.find_first_not_of('0', at), end - 1);
      numbers.emplace(name.substr(first, end - first));
    }
    at = std::max(end, at + 1);
  }
  return numbers;
}

}  // namespace

bool is_made_of_address(std::string_view name, const IpAddress& address) {
  const auto& octets = address.octets();
  if (name.find(fmt::format("{:02x}{:02x}", octets[14], octets[15])) != name.npos) return true;
  if (!address.is_v4()) return false;
  const auto numbers = numbers_in(name);
  return numbers.contains(std::to_string(octets[14])) && numbers.contains(std::to_string(octets[15]));
}

Identity identity_of(const Facts& facts, const IpAddress& client) {
  const Outcome* spf = facts.get<Outcome>("spf.mailfrom");
  const Domain* domain = facts.get<Domain>("spf.domain");
  if (spf && *spf == Outcome::pass && domain && !domain->empty())
    return {"spf " + domain->text(), domain->text() + " (SPF)"};
  if (const Domain* name = confirmed_name(facts); name && !is_made_of_address(name->text(), client)) {
    std::string organisation(dmarc::rfc7489_organisation(name->text()));
    if (organisation.empty()) organisation = name->text();
    return {"name " + organisation, organisation + " (name of the client)"};
  }
  const std::string network = client_network(client).text();
  return {"net " + network, network};
}

std::string folded_sender(const Address& sender) {
  if (sender.is_null()) return "<>";
  std::string local = to_lower(sender.local()).substr(0, kLongestLocalPart);
  if (local.starts_with("srs0") || local.starts_with("srs1")) {
    local = "srs";
  } else if (local.starts_with("prvs=")) {  // prvs=tag=local, and the older prvs=local/tag
    const std::size_t behind = local.find('=', 5);
    local = behind == local.npos
                ? local.substr(5, local.find('/', 5) - std::min<std::size_t>(5, local.size()))
                : local.substr(behind + 1);
  }
  local.resize(std::min(local.find('+'), local.size()));
  // A word in which a digit stands is a number, or a hash, of the message.
  std::string folded;
  const auto is_border = [](char c) { return c == '-' || c == '=' || c == '.' || c == '_' || c == '/'; };
  for (std::size_t at = 0; at < local.size();) {
    const std::size_t end = static_cast<std::size_t>(
        std::find_if(local.begin() + static_cast<std::ptrdiff_t>(at), local.end(), is_border) -
        local.begin());
    const std::string_view word = std::string_view(local).substr(at, end - at);
    folded += std::ranges::any_of(word, is_digit) ? std::string_view("#") : word;
    if (end < local.size()) folded += local[end];
    at = end + 1;
  }
  return folded + "@" +
         (sender.is_literal() ? sender.text().substr(sender.text().rfind('@') + 1) : sender.domain().text());
}

}  // namespace filters::greylist
