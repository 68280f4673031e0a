#include "gateway/journal/index/summary.h"

#include <algorithm>
#include <map>

namespace gateway::journal::index {

Ranking ranking(const Tally& tally, std::initializer_list<Counted> kinds) {
  std::map<std::string_view, std::uint64_t> sums;
  for (const auto& [key, count] : tally.counts())
    if (std::ranges::find(kinds, key.what) != kinds.end()) sums[key.text] += count;
  Ranking ranking;
  for (const auto& [text, count] : sums) ranking.emplace_back(text, count);
  std::ranges::stable_sort(ranking, std::greater(), &Ranking::value_type::second);
  return ranking;
}

std::uint64_t total(const Ranking& ranking) {
  std::uint64_t all = 0;
  for (const auto& [text, count] : ranking) all += count;
  return all;
}

std::uint64_t count_of(const Ranking& ranking, std::string_view text) {
  const auto found = std::ranges::find(ranking, text, &Ranking::value_type::first);
  return found == ranking.end() ? 0 : found->second;
}

}  // namespace gateway::journal::index
