#include "gateway/review/overview.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace gateway::review {
namespace {

namespace index = journal::index;
using index::Counted;

constexpr std::size_t kMostGaps = 20;

constexpr std::array kPeriods{Period{"24h", "24 hours", 24, 1}, Period{"7d", "7 days", 7 * 24, 4},
                              Period{"30d", "30 days", 30 * 24, 12}};

// Without the domains of all senders, of which there are very many.
constexpr std::array kCounted{Counted::ended,   Counted::lost,         Counted::list,  Counted::unrecorded,
                              Counted::refused, Counted::session_rule, Counted::trial, Counted::rule};

constexpr std::array<std::string_view, kOutcomes.size()> kTitles{"accepted", "tagged",  "quarantined",
                                                                 "deferred", "refused", "not decided"};

std::size_t outcome_of(std::string_view word) {
  const auto found = std::ranges::find(kOutcomes, word);
  return found == kOutcomes.end() ? kOutcomes.size() - 1
                                  : static_cast<std::size_t>(found - kOutcomes.begin());
}

}  // namespace

std::span<const Period> periods() { return kPeriods; }

const Period* period_of(std::string_view name) {
  const auto found = std::ranges::find(kPeriods, name, &Period::name);
  return found == kPeriods.end() ? nullptr : &*found;
}

std::uint64_t sum(const Outcomes& outcomes) {
  return std::accumulate(outcomes.begin(), outcomes.end(), std::uint64_t{0});
}

std::string_view title_of_outcome(std::size_t which) { return kTitles[which]; }

Overview overview(index::Search& search, const Period& period, Time now) {
  Overview view;
  const std::chrono::hours step(period.step);
  const Time end = std::chrono::floor<std::chrono::hours>(now) + std::chrono::hours(1);
  view.since = end - std::chrono::hours(period.hours);
  view.until = end - std::chrono::seconds(1);
  for (Time begin = view.since; begin < end; begin += step)
    view.steps.push_back({begin, begin + step - std::chrono::seconds(1), {}});

  const std::int64_t first = index::hour_of(view.since);
  const index::Tally hours = search.by_hour(Counted::verdict, view.since, view.until);
  for (const auto& [key, count] : hours.counts()) {
    const auto at = static_cast<std::size_t>((key.hour - first) / period.step);
    const std::size_t outcome = outcome_of(key.text);
    view.steps.at(at).outcomes[outcome] += count;
    view.outcomes[outcome] += count;
  }
  const index::Tally tally = search.totals(view.since, view.until, kCounted);
  view.sessions = index::total(ranking(tally, Counted::ended));
  view.unrecorded = index::total(ranking(tally, Counted::unrecorded));
  view.lost = index::total(ranking(tally, Counted::lost));
  view.rules = ranking(tally, Counted::rule);
  view.session_rules = ranking(tally, Counted::session_rule);
  view.trials = ranking(tally, Counted::trial);
  view.refused_domains = ranking(tally, Counted::refused);
  view.lists = ranking(tally, Counted::list);
  view.remarks = search.take_remarks();
  if (view.lost > 0) view.gaps = index::find_gaps(search, view.since, view.until, kMostGaps);
  if (view.lost > 0)
    view.remarks.push_back(fmt::format(
        "{} records of this period could not be written: the journal has a gap, and what is counted "
        "here is less than what came",
        view.lost));
  for (const index::KnownGap& gap : view.gaps) view.remarks.push_back(index::told(gap));
  return view;
}

}  // namespace gateway::review
