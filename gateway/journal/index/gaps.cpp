#include "gateway/journal/index/gaps.h"

#include <fmt/format.h>

#include "gateway/journal/local_time.h"

namespace gateway::journal::index {

std::vector<KnownGap> find_gaps(Search& search, std::optional<Time> since, std::optional<Time> until,
                                std::size_t most) {
  const Query query{.notes = true, .since = since, .until = until, .all_of = {by_note("gap")}};
  std::vector<KnownGap> gaps;
  search.find(query, most, [&](const Search::Found& found) {
    const double lost = found.row.lost >= 0 && found.row.lost < 1e15 ? found.row.lost : 0;
    gaps.push_back(
        {found.row.since, found.row.until, static_cast<std::uint64_t>(lost), std::string(found.row.result)});
    return true;
  });
  return gaps;
}

std::string told(const KnownGap& gap) {
  return fmt::format("{} records are missing, {} to {}{}", gap.lost, local_time(gap.since),
                     local_time(gap.until), gap.why.empty() ? "" : ": " + printable(gap.why));
}

}  // namespace gateway::journal::index
