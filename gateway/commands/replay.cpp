#include "gateway/commands/replay.h"

#include <fmt/core.h>
#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "gateway/commands/progress_bar.h"
#include "gateway/commands/resolver_choice.h"
#include "gateway/commands/terminal.h"
#include "gateway/journal/local_time.h"
#include "gateway/replay/report.h"
#include "gateway/review/period.h"

namespace gateway::commands {
namespace {

using replay::Differences;
using replay::GroupKey;
using replay::Retried;

constexpr unsigned kAskers = 64;  // threads that wait for the DNS

int complain(std::string_view what, int status) {
  fmt::print(stderr, "postern replay: {}\n", what);
  return status;
}

Result<replay::Period> period_of(const ReplayOptions& options, Time now) {
  const Result<Time> since = review::parse_when(options.since, now);
  if (!since) return Error("--since: " + since.error().text());
  if (*since > now)
    return Error(fmt::format("--since: {} lies in the future, and nothing is recorded of it",
                             journal::local_time(*since)));
  replay::Period period{*since, now + std::chrono::seconds(1)};
  if (options.until) {
    const Result<Time> until = review::parse_until(*options.until, now);
    if (!until) return Error("--until: " + until.error().text());
    period.to = *until + std::chrono::seconds(1);  // both ends are in it
  }
  if (period.to <= period.from) return Error("--until: it is before --since, so that nothing can be judged");
  return period;
}

bool matches(const GroupKey& key, std::string_view failure) {
  using Kind = Retried::Kind;
  if (failure == "rule") return key.kind == Kind::other_rule;
  if (failure == "tags") return !key.tags.empty();
  if (failure == "cannot-tell") return !key.hangs_on.empty() || key.kind == Kind::cannot_tell;
  return key.kind == Kind::changed && (failure == "any" || failure == replay::past(key.after));
}

bool fails(const Differences& differences, const std::vector<std::string>& failures) {
  return std::ranges::any_of(differences.groups, [&](const auto& group) {
    return std::ranges::any_of(failures, [&](const std::string& one) { return matches(group.first, one); });
  });
}

Differences run_with_progress(const replay::Plan& plan) {
  constexpr std::uint64_t kSteps = 1000;
  ProgressBar bar(kSteps);
  return replay::run(
      plan, [&](double share) { bar.at(static_cast<std::uint64_t>(share * kSteps), "of the lines read"); });
}

std::shared_ptr<pipeline::InForce> load(const ReplayOptions& options, Time now) {
  policy::Diagnostics diagnostics;
  const std::vector<settings::Path> files(options.policy.begin(), options.policy.end());
  auto in_force = pipeline::InForce::load(options.config, now, diagnostics, std::nullopt, files);
  // Warnings are for `check`; here they would stand in the way.
  if (!in_force) fmt::print(stderr, "{}", diagnostics.render());
  return in_force;
}

}  // namespace

int replay(const ReplayOptions& options) {
  const Time now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const Result<replay::Period> period = period_of(options, now);
  if (!period) return complain(period.error().text(), 2);
  const auto in_force = load(options, now);
  if (!in_force) return complain("the policy is not usable; nothing was replayed", 1);
  const std::filesystem::path directory =
      options.journal.empty() ? in_force->settings->journal_directory : settings::Path(options.journal);
  auto lines = replay::DayLines::open(directory, *period);
  if (!lines) return complain(lines.error().text(), 1);

  std::unique_ptr<dns::Resolver> resolver;
  std::optional<replay::TodaysDns> todays;
  if (options.dns) {
    auto made = make_resolver(*in_force->settings, *options.dns == "live" ? "" : *options.dns);
    if (!made) return complain(made.error().text(), 1);
    resolver = std::move(*made);
    todays.emplace(in_force, *resolver);
  }
  const replay::Plan plan{.in_force = *in_force,
                          .lines = **lines,
                          .period = *period,
                          .trial = options.trial,
                          .samples = options.samples,
                          .threads = todays ? kAskers : std::max(1u, std::thread::hardware_concurrency()),
                          .dns = todays ? &*todays : nullptr};
  const Differences differences = run_with_progress(plan);

  const replay::Report report{differences, *in_force, *period, options.trial};
  if (options.json)
    fmt::print("{}\n", replay::as_json(report));
  else
    fmt::print("{}", replay::tell(report, page_style(options.colour)));
  if (differences.transactions + differences.sessions == 0)
    return complain(fmt::format("nothing is recorded in {} between {} and {}", directory.string(),
                                journal::local_time(period->from), journal::local_time(period->to)),
                    1);
  return fails(differences, options.fail_on) ? 1 : 0;
}

}  // namespace gateway::commands
