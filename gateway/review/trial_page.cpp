#include <fmt/format.h>

#include <algorithm>

#include "gateway/journal/local_time.h"
#include "gateway/replay/report.h"
#include "gateway/review/markup.h"
#include "gateway/review/policy_page.h"
#include "gateway/web/forms.h"
#include "gateway/web/layout.h"
#include "gateway/web/parts.h"

namespace gateway::review {
namespace {

using replay::Differences;
using replay::Group;
using replay::GroupKey;
using replay::Row;
using web::html;
using web::Html;
using web::Request;
using web::Role;
using web::Url;
using Kind = replay::Retried::Kind;
using Stage = PolicyTrial::Stage;

constexpr std::size_t kRows = 50;  // of a section; the rest is counted
constexpr unsigned kRefresh = 2;   // seconds

Html verdict(policy::Disposition action) {
  switch (action) {
    case policy::Disposition::accept: return web::badge("accept");
    case policy::Disposition::quarantine: return web::badge("quarantine");
    case policy::Disposition::defer: return web::badge("defer");
    case policy::Disposition::reject: return web::badge("reject");
  }
  return {};
}

Html samples_of(const replay::Samples& samples) {
  Html items;
  for (const replay::Sample& one : samples.all())
    items += html("<li><a href='{}'><code>{}</code></a> {} <code>{}</code> → <code>{}</code> {}</li>",
                  Url("/message").below(one.id), one.id, web::moment(one.when),
                  one.sender.empty() ? "<>" : one.sender, one.recipient, one.subject);
  return items.empty() ? Html() : html("<ul class='samples'>{}</ul>", items);
}

Html what_of(const GroupKey& key) {
  switch (key.kind) {
    case Kind::cannot_tell:
      if (key.tags_hang)
        return html(
            "The tag of <strong>{}</strong> hangs on <code>{}</code>, which was not recorded; accepted all "
            "the same",
            key.rule_after, fmt::format("{}", fmt::join(key.hangs_on, ", ")));
      return html("<strong>{}</strong> hangs on <code>{}</code>, {}; {} then by {}", key.rule_after,
                  fmt::format("{}", fmt::join(key.hangs_on, ", ")),
                  key.no_message ? "and no message came" : "which was not recorded", replay::past(key.before),
                  key.rule_before);
    case Kind::other_tags: return html("{}", key.tags);
    case Kind::other_rule:
      return html("{} {} → <strong>{}</strong>{}{}", verdict(key.before), key.rule_before, key.rule_after,
                  key.tags.empty() ? Html() : html(", tags {}", key.tags),
                  key.hangs_on.empty() ? Html()
                                       : html(", tags hang on <code>{}</code>, which was not recorded",
                                              fmt::format("{}", fmt::join(key.hangs_on, ", "))));
    default:
      return html("{} {} → {} <strong>{}</strong>", verdict(key.before), key.rule_before, verdict(key.after),
                  key.rule_after);
  }
}

Html groups(std::string_view id, std::string_view heading, std::string_view about, const Differences& all,
            Kind kind) {
  const std::vector<Row> rows = replay::ordered(all, kind);
  if (rows.empty()) return {};
  web::Table table(heading, {{"verdicts", web::Table::Kind::number},
                             {"share", web::Table::Kind::number},
                             {"what", web::Table::Kind::wide}});
  for (std::size_t i = 0; i < std::min(rows.size(), kRows); ++i)
    table.row({html("{}", grouped(rows[i].second->count)),
               html("{}", share(rows[i].second->count, all.judged)),
               html("<div>{}</div>{}", what_of(*rows[i].first), samples_of(rows[i].second->samples))});
  Html inside = html("<p class='quiet'>{}</p>{}", about, table.html());
  if (rows.size() > kRows)
    inside += html("<p class='quiet'>And {} more groups; <code>postern replay</code> shows all of them.</p>",
                   rows.size() - kRows);
  return web::section(id, heading, inside);
}

Html trials(const PolicyTrial::State& state) {
  const Differences& all = *state.differences;
  if (all.trials.empty()) return {};
  web::Table table(
      "Rules on trial",
      {{"rule"}, {"held", web::Table::Kind::number}, {"what it would change", web::Table::Kind::wide}});
  for (const auto& [rule, count] : all.trials) {
    Html would;
    for (const auto& [actions, how_many] : count.would)
      would += html("<div>{} {} → {}</div>", grouped(how_many), verdict(actions.first),
                    actions.first == actions.second ? html("tagged otherwise") : verdict(actions.second));
    if (count.no_difference > 0)
      would += html("<div class='quiet'>{} without a difference</div>", grouped(count.no_difference));
    if (count.held == 0) would = html("<span class='quiet'>on trial then, and not in this draft</span>");
    table.row({html("<strong>{}</strong>", rule), html("{}", grouped(std::max(count.held, count.recorded))),
               would + samples_of(count.samples)});
  }
  return web::section("trials", "Rules on trial", table.html());
}

Html tiles(const Differences& all) {
  const auto tile = [&](std::string_view kind, std::uint64_t count, std::string_view title) {
    return html(
        "<li class='{}'><strong>{}</strong><span class='of'>{}</span><span class='quiet'>{}</span></li>",
        kind, grouped(count), title, share(count, all.judged));
  };
  return html("<ul class='tiles'>{}</ul>",
              tile("all", all.judged, "verdicts judged") +
                  tile(all.changed > 0 ? "reject" : "accept", all.changed, "would change") +
                  tile("tag", all.other_tags, "other tags") +
                  tile("", all.other_rule, "same by another rule") +
                  tile("quarantine", all.cannot_tell, "cannot tell"));
}

Html covered(const PolicyTrial::State& state) {
  const Differences& all = *state.differences;
  std::string text = fmt::format("{} to {}: {} transactions and {} connections without one",
                                 journal::local_time(state.period.from), journal::local_time(state.period.to),
                                 grouped(all.transactions), grouped(all.sessions));
  std::uint64_t outside = 0;
  for (const auto& [what, count] : all.outside) outside += count;
  if (outside > 0) text += fmt::format("; {} refused outside the rules", grouped(outside));
  if (all.undecided > 0)
    text += fmt::format("; {} never decided, as no message came", grouped(all.undecided));
  if (all.unreadable > 0) text += fmt::format("; {} lines that are no record", grouped(all.unreadable));
  Html out = html("<p class='quiet'>{}.</p>", text);
  if (state.stopped_early)
    out +=
        web::notice(web::Tone::doubtful, html("<p>It was ended after ten minutes: {} % of the lines of these "
                                              "days were judged, the oldest first. Try fewer days, or "
                                              "<code>postern replay</code>.</p>",
                                              static_cast<unsigned>(state.share * 100)));
  return out;
}

Html result(const PolicyTrial::State& state) {
  const Differences& all = *state.differences;
  Html out = covered(state) + tiles(all);
  if (all.judged == 0)
    out +=
        web::notice(web::Tone::info, html("<p>Nothing is recorded that could be judged in these days.</p>"));
  if (all.judged > 0 && all.changed + all.other_rule + all.other_tags + all.cannot_tell == 0)
    out += web::notice(web::Tone::good, html("<p>No verdict would change.</p>"));
  out += groups("changed", "Verdicts that would change",
                "What would come through stands first, then what would be lost.", all, Kind::changed);
  out += groups("tags", "Accepted with other tags", "", all, Kind::other_tags);
  out += groups("cannot-tell", "Cannot tell",
                "It hangs on a fact that no record has; mail from now on would have it.", all,
                Kind::cannot_tell);
  out += trials(state);
  out += groups("other-rule", "Same action by another rule", "", all, Kind::other_rule);
  Html off;
  for (const policy::RuleInfo& rule : state.rules)
    if (!rule.off.empty()) off += html("<li>{} <span class='quiet'>({})</span></li>", rule.id, rule.off);
  if (!off.empty())
    out += web::section("off", "Rules that are off with their filter", html("<ul>{}</ul>", off));
  return out;
}

Html mistakes(const policy::Diagnostics& diagnostics) {
  Html out;
  for (const policy::Diagnostic& one : diagnostics.all())
    out += html("<pre class='diagnostic {}'>{}</pre>",
                one.severity == policy::Diagnostic::Severity::error ? "bad" : "doubtful",
                web::text_lines(policy::render(one)));
  return out;
}

Html progress(const Request& request, const PolicyTrial::State& state) {
  const auto percent = static_cast<unsigned>(state.share * 100);
  Html out = html(
      "<p>The draft of {} is judged on the mail of the last {} days. <strong>{} %</strong> of the lines were "
      "read.</p>"
      "<progress max='100' value='{}' aria-label='Lines read'>{} %</progress>"
      "<p class='quiet'>This page asks again by itself.</p>",
      state.order.by, state.order.days, percent, percent, percent);
  if (request.may(Role::operate))
    out += web::post_form(request, Url("/policy/trial/cancel"), web::button("Cancel"));
  return out;
}

Html again(const Request& request, const World& world, const PolicyTrial::State& state) {
  const auto in_force = world.in_force();
  const auto& files = in_force->settings->policy_files;
  if (!request.may(Role::operate) || state.order.place >= files.size()) return {};
  return web::section("try", "Change it and try again",
                      draft_form(request, files, state.order.place, state.order.draft, state.order.days));
}

}  // namespace

web::Response trial_page(const Request& request, const World& world, const PolicyTrial& trial) {
  const PolicyTrial::State state = trial.state();
  web::Page page{.title = "A draft, tried", .section = web::Section::policy};
  const Html back = html("<p><a href='{}'>Policy</a></p>", Url("/policy"));
  switch (state.stage) {
    case Stage::none: page.body = html("<p>No draft has been tried since the start.</p>"); break;
    case Stage::running:
      page.title = "Trying a draft";
      page.refresh_after = kRefresh;
      page.body = progress(request, state);
      break;
    case Stage::wrong:
      page.title = "The draft has mistakes";
      page.body = mistakes(state.diagnostics) + again(request, world, state);
      break;
    case Stage::cancelled: page.body = html("<p>It was cancelled.</p>") + again(request, world, state); break;
    case Stage::failed:
      page.body = web::notice(web::Tone::bad, html("<p>It could not be tried: {}</p>", state.failure)) +
                  again(request, world, state);
      break;
    case Stage::done:
      page.body = result(state) +
                  (state.diagnostics.all().empty() ? Html()
                                                   : web::section("warnings", "What check says of the draft",
                                                                  mistakes(state.diagnostics))) +
                  again(request, world, state);
      break;
  }
  page.body = back + page.body;
  return web::page(request, std::move(page));
}

}  // namespace gateway::review
