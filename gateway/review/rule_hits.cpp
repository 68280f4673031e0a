#include "gateway/review/rule_hits.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <numeric>

#include "gateway/journal/local_time.h"
#include "gateway/review/markup.h"

namespace gateway::review {
namespace {

using journal::index::Counted;
using web::html;
using web::Html;

// Midnight of the clock here, so many days before.
Time midnight(Time now, int days_before) {
  const std::time_t seconds = now.time_since_epoch().count();
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  parts.tm_hour = parts.tm_min = parts.tm_sec = 0;
  parts.tm_mday -= days_before;
  parts.tm_isdst = -1;
  return Time(std::chrono::seconds(::mktime(&parts)));
}

}  // namespace

std::uint64_t total(const DayCounts& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

RuleHits rule_hits(journal::index::Search& search, Time now) {
  RuleHits hits;
  std::array<Time, kHitDays> begins{};
  for (std::size_t i = 0; i < kHitDays; ++i) begins[i] = midnight(now, static_cast<int>(kHitDays - 1 - i));
  hits.since = begins[0];
  const auto add = [&](Counted what, auto& to) {
    const journal::index::Tally tally = search.by_hour(what, hits.since, now);
    for (const auto& [key, count] : tally.counts()) {
      const Time hour{std::chrono::hours(key.hour)};
      const auto behind = std::ranges::upper_bound(begins, hour);
      if (behind != begins.begin())
        to[key.text][static_cast<std::size_t>(behind - begins.begin() - 1)] += count;
    }
  };
  add(Counted::rule, hits.decided);
  add(Counted::session_rule, hits.decided);
  add(Counted::effect, hits.effects);
  add(Counted::trial, hits.trials);
  add(Counted::session_trial, hits.trials);
  hits.remarks = search.take_remarks();
  return hits;
}

Html day_bars(const DayCounts& counts, Time since) {
  constexpr std::uint64_t kHeight = 22;
  constexpr std::size_t kStep = 8;
  const std::uint64_t most = std::max<std::uint64_t>(1, *std::ranges::max_element(counts));
  Html bars;
  std::string told;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const std::string day = journal::local_time(since + std::chrono::hours(24 * i + 12))
                                .substr(0, 10);  // noon: clocks may change at night
    const std::uint64_t height = counts[i] == 0 ? 1 : std::max<std::uint64_t>(2, counts[i] * kHeight / most);
    bars += html("<rect class='{}' x='{}' y='{}' width='6' height='{}'><title>{}: {}</title></rect>",
                 counts[i] == 0 ? "nothing" : "some", i * kStep, kHeight - height, height, day,
                 grouped(counts[i]));
    told += fmt::format("{}{}", told.empty() ? "" : ", ", counts[i]);
  }
  return html(
      "<svg class='days' viewBox='0 0 {} {}' width='{}' height='{}' role='img' aria-label='{}'>{}</svg>",
      kHitDays * kStep - 2, kHeight, kHitDays * kStep - 2, kHeight, "By day, today last: " + told, bars);
}

}  // namespace gateway::review
