#include "gateway/journal/index/record.h"

#include <algorithm>
#include <chrono>

#include "gateway/journal/id.h"

namespace gateway::journal::index {
namespace {

constexpr std::chrono::days kNear{2};  // around the time that an id tells: clocks differ
constexpr std::size_t kMostAudits = 50;

std::optional<std::string> find(Search& search, Query query) {
  std::optional<std::string> record;
  for (const bool sessions : {false, true}) {
    query.sessions = sessions;
    search.find(query, 1, [&](const Search::Found& found) {
      record.emplace(found.line);
      return false;
    });
    if (record) break;
  }
  return record;
}

}  // namespace

Period period_of_id(const std::string& id) {
  const auto made = time_of_id(id);
  if (!made) return {};
  const auto time = std::chrono::floor<std::chrono::seconds>(*made);
  return {time - kNear, time + kNear};
}

std::optional<std::string> find_record(Search& search, const std::string& id) {
  Query query{.all_of = {by_id(id)}};
  const Period near = period_of_id(id);
  query.since = near.since;
  query.until = near.until;
  auto record = find(search, query);
  if (record || !near.since) return record;
  query.since = query.until = {};  // a clock may have been wrong
  return find(search, query);
}

std::vector<std::string> later_audits(Search& search, const Row& transaction,
                                      const std::function<std::string(const Row&)>& tell) {
  const Query query{.notes = true,
                    .since = transaction.time - kNear,
                    .all_of = {by_id(std::string(transaction.id)), by_note("audit")}};
  std::vector<std::string> told;
  search.find(query, kMostAudits, [&](const Search::Found& found) {
    told.push_back(tell(found.row));
    return true;
  });
  std::ranges::reverse(told);
  return told;
}

}  // namespace gateway::journal::index
