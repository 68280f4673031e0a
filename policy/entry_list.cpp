#include "policy/entry_list.h"

#include <algorithm>

#include "policy/facts/address.h"
#include "policy/facts/domain.h"
#include "policy/facts/text.h"

namespace policy {

std::string_view name(EntryList::Kind kind) {
  switch (kind) {
    case EntryList::Kind::text: return "text";
    case EntryList::Kind::domain: return "domain";
    case EntryList::Kind::network: return "network";
    case EntryList::Kind::address: return "address";
    case EntryList::Kind::name: return "name";
  }
  return "text";
}

bool EntryList::add(std::string_view entry) {
  switch (kind_) {
    case Kind::text: texts_.insert(to_lower(entry)); return true;
    case Kind::name: texts_.insert(name_key(entry)); return true;
    case Kind::domain: {
      const auto domain = Domain::parse(entry);
      if (domain) texts_.insert(domain->text());
      return domain.has_value();
    }
    case Kind::address: {
      const auto address = Address::parse(entry);
      if (address) texts_.insert(address->comparable());
      return address.has_value();
    }
    case Kind::network: {
      const auto network = Network::parse(entry);
      if (!network) return false;
      const auto place = std::ranges::lower_bound(networks_, *network);
      if (place == networks_.end() || *place != *network) networks_.insert(place, *network);
      std::vector<unsigned>& prefixes = network->address().is_v4() ? prefixes_v4_ : prefixes_v6_;
      if (std::ranges::find(prefixes, network->prefix()) == prefixes.end())
        prefixes.push_back(network->prefix());
      return true;
    }
  }
  return false;
}

bool EntryList::has(std::string_view text) const {
  if (kind_ == Kind::name) return texts_.contains(name_key(text));
  return texts_.contains(to_lower(text));
}

bool EntryList::has(const IpAddress& address) const {
  const std::vector<unsigned>& prefixes = address.is_v4() ? prefixes_v4_ : prefixes_v6_;
  return std::ranges::any_of(prefixes, [&](unsigned prefix) {
    return std::ranges::binary_search(networks_, Network(address, prefix));
  });
}

bool EntryList::covers(std::string_view domain) const {
  const std::string lower = to_lower(domain);
  for (std::string_view rest = lower; !rest.empty();) {
    if (texts_.contains(std::string(rest))) return true;
    const std::size_t dot = rest.find('.');
    if (dot == rest.npos) return false;
    rest.remove_prefix(dot + 1);
  }
  return false;
}

}  // namespace policy
