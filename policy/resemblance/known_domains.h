#pragma once
// Domains that others may want to be taken for.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policy/facts/domain.h"
#include "policy/resemblance/one_edit.h"

namespace policy::resemblance {

class KnownDomains {
 public:
  explicit KnownDomains(std::span<const Domain> domains);

  bool empty() const { return entries_.empty(); }
  bool covers(const Domain& domain) const;  // is it one of them, or below one

  // The one that `domain`, which none of them covers, can be taken for: some of its labels look the same, or
  // its last ones do but for one edit.  A known domain whose first label has one or two letters is only
  // resembled by letters outside ASCII; the edit must lie in a label of five letters or more, or of three or
  // more in the last one if the label in front has five. nullptr for none.
  const Domain* resembled_by(const Domain& domain) const;

  // The one whose name stands in a text (given by its skeleton), by itself, below a host name or behind an
  // "@".
  const Domain* named_in(std::string_view text_skeleton) const;

 private:
  struct Entry {
    Domain domain;
    std::string skeleton;
  };
  struct Labels;
  const Domain* same(const Labels& labels, std::size_t first, std::size_t last, bool foreign_letters) const;
  const Domain* one_edit_away(const Labels& labels) const;

  std::vector<Entry> entries_;
  HashIndex exact_;      // of domains
  HashIndex skeletons_;  // numbers of entries_
  HashIndex edits_;      // the same, of the skeletons and what an edit makes of them
  std::size_t most_labels_ = 0;
  std::size_t longest_ = 0;  // skeleton
};

}  // namespace policy::resemblance
