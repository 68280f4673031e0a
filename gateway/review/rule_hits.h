#pragma once
// How often each rule of the policy counted, day by day of the clock here.

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "gateway/journal/index/search.h"
#include "gateway/vocabulary.h"
#include "gateway/web/html.h"

namespace gateway::review {

inline constexpr std::size_t kHitDays = 14;

using DayCounts = std::array<std::uint64_t, kHitDays>;  // the oldest first, today last

struct RuleHits {
  Time since{};                                           // the beginning of the first day
  std::map<std::string, DayCounts, std::less<>> decided;  // messages and connections it decided about
  std::map<std::string, DayCounts, std::less<>> effects;  // tags, scores and exemptions that counted
  std::map<std::string, DayCounts, std::less<>> trials;   // on trial it would have counted
  std::vector<std::string> remarks;                       // on how it was found
};

RuleHits rule_hits(journal::index::Search& search, Time now);

std::uint64_t total(const DayCounts& counts);
// Bars, drawn small; `most` is the height of the drawing.
web::Html day_bars(const DayCounts& counts, Time since);

}  // namespace gateway::review
