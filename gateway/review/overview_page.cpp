#include "gateway/review/overview_page.h"

#include <fmt/format.h>

#include <algorithm>

#include "gateway/review/gateway_panel.h"
#include "gateway/review/markup.h"
#include "gateway/review/overview.h"
#include "gateway/review/plot.h"
#include "gateway/review/slow.h"
#include "gateway/status/judge.h"
#include "gateway/web/layout.h"
#include "gateway/web/parts.h"

namespace gateway::review {
namespace {

using journal::index::Ranking;
using web::html;
using web::Html;
using Kind = web::Table::Kind;

constexpr std::size_t kTop = 10;

SearchWords in_period(const Overview& view, SearchWords more) {
  SearchWords words{{"since", to_text(Value(view.since))}, {"until", to_text(Value(view.until))}};
  std::ranges::move(more, std::back_inserter(words));
  return words;
}

Html period_links(const Period& chosen) {
  Html links;
  for (const Period& one : periods()) {
    const web::Url url = web::Url("/").with("period", one.name);
    links += one.name == chosen.name ? html("<a href='{}' aria-current='true'>{}</a>", url, one.title)
                                     : html("<a href='{}'>{}</a>", url, one.title);
  }
  return html("<nav class='choice' aria-label='Period'>{}</nav>", links);
}

Html tile(const Overview& view, std::string_view kind, std::string_view title, std::uint64_t count,
          std::string_view beside, SearchWords words) {
  const Html inside = html("<strong>{}</strong><span class='of'>{}</span><span class='quiet'>{}</span>",
                           grouped(count), title, beside);
  return html("<li class='{}'>{}</li>", kind, log_link(in_period(view, std::move(words)), inside));
}

Html tiles(const Overview& view) {
  const std::uint64_t all = sum(view.outcomes);
  Html list = tile(view, "all", "messages", all, "", {});
  for (std::size_t i = 0; i < kOutcomes.size(); ++i) {
    const bool always = i + 1 < kOutcomes.size();  // what nothing was decided about is seldom
    if (always || view.outcomes[i] > 0)
      list += tile(view, kOutcomes[i], title_of_outcome(i), view.outcomes[i], share(view.outcomes[i], all),
                   {{"outcome", std::string(kOutcomes[i])}});
  }
  list += tile(view, "sessions", "without a message", view.sessions,
               view.unrecorded > 0 ? fmt::format("and {} not recorded", grouped(view.unrecorded)) : "",
               {{"sessions", "yes"}});
  return html("<ul class='tiles'>{}</ul>", list);
}

// The first rows of a ranking, with bars.
Html top_table(std::string_view caption, std::string_view of, const Ranking& rows, const auto& link) {
  if (rows.empty()) return html("<p class='quiet'>None in this period.</p>");
  const std::uint64_t all = journal::index::total(rows);
  web::Table table(caption, {{of, Kind::wide}, {"messages", Kind::number}, {"share", Kind::number}});
  for (std::size_t i = 0; i < std::min(kTop, rows.size()); ++i) {
    const auto& [text, count] = rows[i];
    table.row({html("<code>{}</code>", text.empty() ? std::string_view("<>") : text),
               link(text, grouped(count)), html("{}", share(count, all))});
  }
  Html more;
  if (rows.size() > kTop) more = html("<p class='quiet'>The first {} of {}.</p>", kTop, grouped(rows.size()));
  return table.html() + more;
}

Html panel(std::string_view id, std::string_view heading, const Html& inside) {
  return html("<div class='panel'>{}</div>", web::section(id, heading, inside));
}

Html rankings(const Overview& view) {
  const auto of = [&](std::string name, bool sessions = false) {
    return [&view, name, sessions](const std::string& text, const std::string& number) {
      SearchWords words{{name, text}};
      if (sessions) words.push_back({"sessions", "yes"});
      return log_link(in_period(view, std::move(words)), number);
    };
  };
  const auto refused = [&](const std::string& domain, const std::string& number) {
    return log_link(in_period(view, {{"sender", domain.empty() ? "<>" : "@" + domain},
                                     {"outcome", "reject"},
                                     {"outcome", "defer"}}),
                    number);
  };
  Html all = panel("rules", "Rules that decided",
                   top_table("Rules that decided", "rule", view.rules, of("decided")));
  all += panel("refused", "Sender domains refused or deferred",
               top_table("Sender domains refused or deferred", "domain", view.refused_domains, refused));
  if (!view.session_rules.empty())
    all +=
        panel("connections", "Rules that refused connections",
              top_table("Rules that refused connections", "rule", view.session_rules, of("decided", true)));
  return all;
}

std::uint64_t count_of(const Ranking& rows, std::string_view text) {
  return journal::index::count_of(rows, text);
}

// Those of the policy in force, and those that were on trial in the period.
Html trials(const Overview& view, const Status& status) {
  std::vector<std::string> ids;
  for (const status::TrialStatus& one : status.trials) ids.push_back(one.rule);
  for (const auto& [id, count] : view.trials)
    if (std::ranges::find(ids, id) == ids.end()) ids.push_back(id);
  if (ids.empty()) return html("<p class='quiet'>No rule is on trial.</p>");
  web::Table table("Rules on trial", {{"rule", Kind::wide}, {"would have counted", Kind::number}, {"now"}});
  for (const std::string& id : ids) {
    const std::uint64_t count = count_of(view.trials, id);
    const bool now = std::ranges::find(status.trials, id, &status::TrialStatus::rule) != status.trials.end();
    table.row({html("<code>{}</code>", id),
               count == 0 ? html("0") : log_link(in_period(view, {{"trial", id}}), grouped(count)),
               html("{}", now ? "on trial" : "no longer")});
  }
  return table.html();
}

Html lists(const Overview& view, const Status& status) {
  std::vector<std::string> ids;
  for (const status::DnsListStatus& list : status.lists) ids.push_back(list.id);
  for (const auto& [id, count] : view.lists)
    if (std::ranges::find(ids, id) == ids.end()) ids.push_back(id);
  if (ids.empty()) return html("<p class='quiet'>No DNS list is configured.</p>");
  web::Table table("DNS lists", {{"list", Kind::wide}, {"clients listed", Kind::number}, {"health"}});
  for (const std::string& id : ids) {
    const std::uint64_t count = count_of(view.lists, id);
    const auto now = std::ranges::find(status.lists, id, &status::DnsListStatus::id);
    const Html health = now == status.lists.end() ? html("<span class='quiet'>not configured</span>")
                        : !now->aside.empty()
                            ? html("<span class='state doubtful'>set aside</span>: {}", now->aside)
                            : html("<span class='state good'>in order</span>");
    table.row({html("<code>{}</code>", id),
               count == 0 ? html("0") : log_link(in_period(view, {{"list", id}}), grouped(count)), health});
  }
  return table.html();
}

Html legend(const Overview& view) {
  Html items;
  for (std::size_t i = 0; i < kOutcomes.size(); ++i)
    if (view.outcomes[i] > 0) items += html("<li class='{}'>{}</li>", kOutcomes[i], title_of_outcome(i));
  return html("<ul class='legend'>{}</ul>", items);
}

}  // namespace

web::Response overview_page(const web::Request& request, const World& world) {
  const std::string_view name = request.query.get("period");
  const Period* const period = period_of(name.empty() ? periods().front().name : name);
  if (!period) return web::error_page(request, 400, "There is no such period: 24h, 7d and 30d can be shown.");
  const Status status = world.status();
  auto search = journal::index::Search::in(world.journal, world.leaving);
  if (!search) return web::error_page(request, 503, search.error().text());
  const Time end = world.now() + std::chrono::hours(1);
  if (auto slow = too_slow(request, *search, end - std::chrono::hours(period->hours + 1), end,
                           web::Section::overview))
    return std::move(*slow);
  const Overview view = overview(*search, *period, world.now());

  Html body = period_links(*period);
  body += notices(status::remarks(status));
  body += notices(view.remarks);
  body += tiles(view);
  body += html("<figure class='over-time'>{}{}<details><summary>As a table</summary>{}</details></figure>",
               legend(view), plot(view, *period), plot_table(view));
  body += html(
      "<div class='panels'>{}{}{}{}</div>", rankings(view), panel("trials", "On trial", trials(view, status)),
      panel("lists", "DNS lists", lists(view, status)), panel("gateway", "Gateway", gateway_panel(status)));
  return web::page(request,
                   {.title = "Overview", .section = web::Section::overview, .body = std::move(body)});
}

}  // namespace gateway::review
