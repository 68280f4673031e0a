#include "gateway/journal/index/record.h"

#include <chrono>

#include "gateway/journal/id.h"

namespace gateway::journal::index {
namespace {

constexpr std::chrono::days kNear{2};  // around the time that an id tells

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

std::optional<std::string> find_record(Search& search, const std::string& id) {
  Query query{.all_of = {by_id(id)}};
  if (const auto made = time_of_id(id)) {
    const auto time = std::chrono::floor<std::chrono::seconds>(*made);
    query.since = time - kNear;
    query.until = time + kNear;
    if (auto record = find(search, query)) return record;
    query.since = query.until = {};  // a clock may have been wrong
  }
  return find(search, query);
}

}  // namespace gateway::journal::index
