#pragma once
// The entries of a list, ready to be asked: by text, by network, by address, by domain and what is below it.
// Asking allocates nothing and takes no longer for millions of entries than memory does.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/facts/ip_address.h"
#include "policy/network_set.h"
#include "policy/text_set.h"

namespace policy {

class EntryList {
 public:
  enum class Kind {
    text,     // compared without case
    domain,   // A-labels
    network,  // addresses and CIDR
    address,  // mail addresses, and "@a.example" for all of a domain
    name,     // people: accents and order of words do not count
  };
  class Maker;

  Kind kind() const { return kind_; }
  bool empty() const { return texts_.size() == 0 && networks_.empty(); }
  std::size_t memory_bytes() const { return texts_.memory_bytes() + networks_.memory_bytes(); }

  bool has(std::string_view text) const;  // a comparable text: see Value
  bool has(const IpAddress& address) const { return networks_.has(address); }
  bool covers(std::string_view domain) const {
    return texts_.has_or_above(domain);
  }                                                                             // an entry, or below one
  bool within(std::string_view text) const { return texts_.has_within(text); }  // an entry is part of it

 private:
  explicit EntryList(Kind kind) : kind_(kind) {}

  Kind kind_;
  TextSet texts_;
  NetworkSet networks_;
};

using Entries = std::shared_ptr<const EntryList>;

// Takes entries one by one, in any order.
class EntryList::Maker {
 public:
  explicit Maker(Kind kind) : list_(kind) {}

  Kind kind() const { return list_.kind_; }
  void expect(std::size_t octets);  // of all entries together
  // False when the entry is not of that kind.
  bool add(std::string_view entry);
  Entries done();  // what was taken; once

 private:
  EntryList list_;
  TextSet::Maker texts_;
  std::vector<Network> networks_;
};

std::string_view name(EntryList::Kind kind);

// An entry of kind address as it is compared, "@a.example" for all of a domain; nullopt when it is none.
std::optional<std::string> comparable_address(std::string_view entry);

}  // namespace policy
