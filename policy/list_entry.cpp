#include "policy/list_entry.h"

#include "policy/facts/domain.h"
#include "policy/facts/text.h"
#include "policy/name_key.h"

namespace policy {

std::optional<ListEntry> ListEntry::parse(EntryList::Kind kind, std::string_view text) {
  switch (kind) {
    case EntryList::Kind::text: return ListEntry(kind, to_lower(text));
    case EntryList::Kind::name: return ListEntry(kind, std::string(NameKey(text).text()));
    case EntryList::Kind::domain: {
      const auto domain = Domain::parse(text);
      if (!domain) return std::nullopt;
      return ListEntry(kind, domain->text());
    }
    case EntryList::Kind::address: {
      auto address = comparable_address(text);
      if (!address) return std::nullopt;
      return ListEntry(kind, *std::move(address));
    }
    case EntryList::Kind::network: {
      const auto network = Network::parse(text);
      if (!network) return std::nullopt;
      ListEntry entry(
          kind, network->prefix() == network->address().bits() ? network->address().text() : network->text());
      entry.network_ = *network;
      return entry;
    }
  }
  return std::nullopt;
}

bool ListEntry::covers(const ListEntry& other) const {
  switch (kind_) {
    case EntryList::Kind::network:
      return !same(other) && network_.prefix() <= other.network_.prefix() &&
             network_.contains(other.network_.address());
    case EntryList::Kind::domain:
      return !text_.empty() && other.text_.size() > text_.size() && other.text_.ends_with(text_) &&
             other.text_[other.text_.size() - text_.size() - 1] == '.';
    case EntryList::Kind::address:
      return text_.starts_with('@') && !same(other) && other.text_.substr(other.text_.rfind('@')) == text_;
    case EntryList::Kind::text:
    case EntryList::Kind::name: return false;
  }
  return false;
}

std::string_view described(EntryList::Kind kind) {
  switch (kind) {
    case EntryList::Kind::network: return "an IP address or a network";
    case EntryList::Kind::domain: return "a domain";
    case EntryList::Kind::address: return "a mail address or @ and a domain";
    case EntryList::Kind::name: return "a name";
    case EntryList::Kind::text: return "text";
  }
  return "text";
}

}  // namespace policy
