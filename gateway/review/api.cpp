#include "gateway/review/api.h"

#include <charconv>

#include "gateway/journal/harmless.h"
#include "gateway/journal/id.h"
#include "gateway/journal/index/record.h"
#include "gateway/review/log_export.h"
#include "gateway/review/overview.h"
#include "gateway/review/overview_json.h"
#include "gateway/review/period.h"
#include "gateway/review/slow.h"
#include "gateway/review/stats_json.h"
#include "gateway/status/json.h"
#include "gateway/web/layout.h"

namespace gateway::review {
namespace {

namespace index = journal::index;

constexpr std::size_t kTop = 10;
constexpr std::size_t kMostTop = 10'000;

web::Response ok(std::string json) { return web::Response::json(std::move(json) + "\n"); }

// Nothing: it is no such number.
std::optional<std::size_t> top_of(const web::Request& request) {
  const std::string_view text = request.query.get("top");
  std::size_t top = kTop;
  if (text.empty()) return top;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), top);
  if (error != std::errc() || end != text.data() + text.size() || top > kMostTop) return std::nullopt;
  return top;
}

}  // namespace

web::Response api_status(const web::Request&, const World& world) {
  return ok(status::to_json(world.status()));
}

web::Response api_overview(const web::Request& request, const World& world) {
  const std::string_view name = request.query.get("period");
  const Period* const period = period_of(name.empty() ? periods().front().name : name);
  if (!period) return web::error_page(request, 400, "period: expected 24h, 7d or 30d");
  const auto top = top_of(request);
  if (!top) return web::error_page(request, 400, "top: expected a number of rows, 0 to 10000");
  auto search = index::Search::in(world.journal, world.leaving);
  if (!search) return web::error_page(request, 503, search.error().text());
  const Time end = world.now() + std::chrono::hours(1);
  if (auto slow =
          too_slow(request, *search, end - std::chrono::hours(period->hours + 1), end, web::Section::none))
    return std::move(*slow);
  return ok(to_json(overview(*search, *period, world.now()), world.status(), *top));
}

web::Response api_stats(const web::Request& request, const World& world) {
  const Time now = world.now();
  Time since = now - std::chrono::hours(24);
  Time until = now;
  if (const std::string_view text = request.query.get("since"); !text.empty()) {
    const Result<Time> when = parse_when(text, now);
    if (!when) return web::error_page(request, 400, "since: " + when.error().text());
    since = *when;
  }
  if (const std::string_view text = request.query.get("until"); !text.empty()) {
    const Result<Time> when = parse_until(text, now);
    if (!when) return web::error_page(request, 400, "until: " + when.error().text());
    until = *when;
  }
  if (since > until)
    return web::error_page(request, 400, "until: it is before since, so that nothing can be counted");
  since = std::chrono::floor<std::chrono::hours>(since);
  auto search = index::Search::in(world.journal, world.leaving);
  if (!search) return web::error_page(request, 503, search.error().text());
  if (auto slow = too_slow(request, *search, since, until, web::Section::none)) return std::move(*slow);
  return ok(stats_json(search->totals(since, until), since, until));
}

web::Response api_log(const web::Request& request, const World& world) {
  const auto asked = LogRequest::read(request.query, world.now());
  if (!asked) return web::error_page(request, 400, asked.error().text());
  auto search = index::Search::in(world.journal, world.leaving);
  if (!search) return web::error_page(request, 503, search.error().text());
  if (auto slow = too_slow(request, *search, asked->query.since, asked->query.until, web::Section::none))
    return std::move(*slow);
  return ok(log_json(*search, *asked));
}

web::Response api_message(const web::Request& request, const World& world) {
  const auto id = journal::canonical_id(request.parameter("id"));
  if (!id)
    return web::error_page(request, 404,
                           "this is no id: they are 12 letters and digits, such as 4F7K2M9QX0TB");
  auto search = index::Search::in(world.journal, world.leaving);
  if (!search) return web::error_page(request, 503, search.error().text());
  const index::Period near = index::period_of_id(*id);
  if (auto slow = too_slow(request, *search, near.since, near.until, web::Section::none))
    return std::move(*slow);
  const auto record = index::find_record(*search, *id);
  if (!record) return web::error_page(request, 404, "there is no record of " + *id);
  return ok(journal::harmless(*record));
}

}  // namespace gateway::review
