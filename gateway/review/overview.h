#pragma once
// What the Overview page and /api/v1/overview tell: what came of the mail of a period, in steps of time and
// all together.  It counts whole hours; the last one is still going on.

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/journal/index/gaps.h"
#include "gateway/journal/index/search.h"
#include "gateway/journal/index/summary.h"
#include "gateway/vocabulary.h"

namespace gateway::review {

struct Period {
  std::string_view name;   // "24h", in addresses
  std::string_view title;  // "24 hours"
  unsigned hours;
  unsigned step;  // hours that are counted together
};
std::span<const Period> periods();
const Period* period_of(std::string_view name);  // null: none of that name

// What a message counts as, in the order in which it is drawn.
inline constexpr std::array<std::string_view, 6> kOutcomes{"accept", "tag",    "quarantine",
                                                           "defer",  "reject", "open"};
using Outcomes = std::array<std::uint64_t, kOutcomes.size()>;
std::uint64_t sum(const Outcomes& outcomes);

// What people call them: "accepted", "not decided".
std::string_view title_of_outcome(std::size_t which);

struct Step {
  Time begin{};
  Time last{};  // its last second
  Outcomes outcomes{};
};

struct Overview {
  Time since{};
  Time until{};             // the last second of the last step
  std::vector<Step> steps;  // the oldest first
  Outcomes outcomes{};
  std::uint64_t sessions = 0;                  // connections without a message
  std::uint64_t unrecorded = 0;                // such that got no record, because there were too many
  std::uint64_t lost = 0;                      // records that the journal lacks
  std::vector<journal::index::KnownGap> gaps;  // in which, the newest first; the first twenty

  // The most frequent first, all of them.
  journal::index::Ranking rules;            // that decided
  journal::index::Ranking session_rules;    // that refused connections
  journal::index::Ranking trials;           // on trial, that would have counted for a message
  journal::index::Ranking refused_domains;  // of senders, refused or deferred; "" is the null sender
  journal::index::Ranking lists;            // in the DNS, that list clients

  std::vector<std::string> remarks;  // on how it was found
};

Overview overview(journal::index::Search& search, const Period& period, Time now);

}  // namespace gateway::review
