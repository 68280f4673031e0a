#pragma once
// The records of one id.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "gateway/journal/index/search.h"

namespace gateway::journal::index {

// Of a transaction, or of a connection without one; `id` is canonical.
std::optional<std::string> find_record(Search& search, const std::string& id);

// The time in which the record of that id stands, as far as ids tell: the search begins there.
struct Period {
  std::optional<Time> since, until;
};
Period period_of_id(const std::string& id);

// What people did to a transaction since it came, and what retention did: the oldest first, at most 50 of the
// newest, each as `tell` puts it.
std::vector<std::string> later_audits(Search& search, const Row& transaction,
                                      const std::function<std::string(const Row&)>& tell);

}  // namespace gateway::journal::index
