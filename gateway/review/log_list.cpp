#include "gateway/review/log_list.h"

namespace gateway::review {
namespace {

namespace index = journal::index;

NothingFound nothing_found(index::Search& search, index::Query query) {
  NothingFound nothing;
  nothing.covered = search.coverage({}, {});
  index::Query all{.since = query.since, .until = query.until};
  nothing.transactions = search.count(all);
  all.sessions = true;
  nothing.sessions = search.count(all);
  if (query.notes) return nothing;
  query.sessions = !query.sessions;
  nothing.other_kind = search.count(query);
  return nothing;
}

}  // namespace

LogList list_log(index::Search& search, const index::Query& query, std::size_t limit,
                 const std::optional<index::Place>& behind,
                 const std::function<void(const index::Row&)>& take) {
  LogList list;
  std::optional<index::Place> last;
  // One more than are told shows whether there is a next page.
  search.find(
      query, limit + 1,
      [&](const index::Search::Found& found) {
        if (list.rows == limit) {
          list.next = last;
          return false;
        }
        take(found.row);
        ++list.rows;
        last = found.place;
        return true;
      },
      behind);
  if (list.rows == 0 && !behind) list.nothing = nothing_found(search, query);
  list.remarks = search.take_remarks();
  return list;
}

}  // namespace gateway::review
