#pragma once
// A tally summed up over its hours: what `postern stats` shows.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "gateway/journal/index/tally.h"

namespace gateway::journal::index {

using Ranking = std::vector<std::pair<std::string, std::uint64_t>>;  // the most frequent first

// Texts of that kind with their counts; equal counts by the text.
Ranking ranking(const Tally& tally, Counted what);
std::uint64_t total(const Ranking& ranking);
std::uint64_t count_of(const Ranking& ranking, std::string_view text);

}  // namespace gateway::journal::index
