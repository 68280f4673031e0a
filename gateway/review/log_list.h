#pragma once
// A page of the journal: the records that fit a search, the newest first, and where the next page begins.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "gateway/journal/index/search.h"

namespace gateway::review {

// What there would have been to find.
struct NothingFound {
  journal::index::Coverage covered;  // by the journal as a whole
  std::uint64_t transactions = 0;    // in the time asked for
  std::uint64_t sessions = 0;
  std::uint64_t other_kind = 0;  // records of the other kind that would fit: sessions, or transactions
};

struct LogList {
  std::size_t rows = 0;
  std::optional<journal::index::Place>
      next;                             // the next page goes on behind it; nothing: this is the last one
  std::optional<NothingFound> nothing;  // on a first page without rows
  std::vector<std::string> remarks;     // on how it was found
};

// Tells `take` at most `limit` records.
LogList list_log(journal::index::Search& search, const journal::index::Query& query, std::size_t limit,
                 const std::optional<journal::index::Place>& behind,
                 const std::function<void(const journal::index::Row&)>& take);

}  // namespace gateway::review
