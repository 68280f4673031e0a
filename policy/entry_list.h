#pragma once
// The entries of a list, ready to be asked: by text, by network, by domain and what is below it.

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "policy/facts/ip_address.h"

namespace policy {

class EntryList {
 public:
  enum class Kind {
    text,     // compared without case
    domain,   // A-labels
    network,  // addresses and CIDR
    address,  // mail addresses
    name,     // people: accents and order of words do not count
  };

  explicit EntryList(Kind kind) : kind_(kind) {}

  // False when the entry is not of that kind.
  bool add(std::string_view entry);

  Kind kind() const { return kind_; }
  bool empty() const { return texts_.empty() && networks_.empty(); }
  bool has(std::string_view text) const;       // a comparable text: see Value
  bool has(const IpAddress& address) const;    // in one of the networks
  bool covers(std::string_view domain) const;  // is it an entry, or below one
  // The entries as texts, for `contains`.
  const std::unordered_set<std::string>& texts() const { return texts_; }

 private:
  Kind kind_;
  std::unordered_set<std::string> texts_;
  std::vector<Network>
      networks_;  // sorted by address; find by binary search over each prefix length that occurs
  std::vector<unsigned> prefixes_v4_;
  std::vector<unsigned> prefixes_v6_;
};

std::string_view name(EntryList::Kind kind);

// What of a person's name is compared: lower case, accents folded, words sorted.
std::string name_key(std::string_view name);

}  // namespace policy
