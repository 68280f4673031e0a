#pragma once
// A tally summed up over its hours: what `postern stats` shows.

#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "gateway/journal/index/tally.h"

namespace gateway::journal::index {

using Ranking = std::vector<std::pair<std::string, std::uint64_t>>;  // the most frequent first

// Texts of these kinds with their counts; equal counts by the text.
Ranking ranking(const Tally& tally, std::initializer_list<Counted> kinds);
inline Ranking ranking(const Tally& tally, Counted what) { return ranking(tally, {what}); }
std::uint64_t total(const Ranking& ranking);
std::uint64_t count_of(const Ranking& ranking, std::string_view text);

}  // namespace gateway::journal::index
