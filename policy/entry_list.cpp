#include "policy/entry_list.h"

#include "policy/facts/address.h"
#include "policy/facts/domain.h"
#include "policy/name_key.h"

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

std::optional<std::string> comparable_address(std::string_view entry) {
  const bool whole_domain = entry.starts_with('@');
  const auto address = whole_domain ? Address::parse("x" + std::string(entry)) : Address::parse(entry);
  if (!address) return std::nullopt;
  return address->comparable().substr(whole_domain ? 1 : 0);
}

bool EntryList::has(std::string_view text) const {
  switch (kind_) {
    case Kind::name: return texts_.has(NameKey(text).text());
    case Kind::address: {
      if (texts_.has(text)) return true;
      const std::size_t at = text.rfind('@');
      return at != text.npos && texts_.has(text.substr(at));
    }
    default: return texts_.has(text);
  }
}

void EntryList::Maker::expect(std::size_t octets) {
  if (kind() != Kind::network) texts_.expect(octets);
}

bool EntryList::Maker::add(std::string_view entry) {
  switch (kind()) {
    case Kind::text: texts_.add(entry); return true;
    case Kind::name: texts_.add(NameKey(entry).text()); return true;
    case Kind::domain: {
      const auto domain = Domain::parse(entry);
      if (domain) texts_.add(domain->text());
      return domain.has_value();
    }
    case Kind::address: {
      const auto address = comparable_address(entry);
      if (address) texts_.add(*address);
      return address.has_value();
    }
    case Kind::network: {
      const auto network = Network::parse(entry);
      if (network) networks_.push_back(*network);
      return network.has_value();
    }
  }
  return false;
}

Entries EntryList::Maker::done() {
  list_.texts_ = texts_.done();
  list_.networks_ = NetworkSet(std::move(networks_));
  return std::make_shared<const EntryList>(std::move(list_));
}

}  // namespace policy
