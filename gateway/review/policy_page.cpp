#include "gateway/review/policy_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "gateway/journal/index/search.h"
#include "gateway/journal/local_time.h"
#include "gateway/review/markup.h"
#include "gateway/review/policy_files.h"
#include "gateway/review/rule_hits.h"
#include "gateway/review/rule_texts.h"
#include "gateway/review/slow.h"
#include "gateway/web/forms.h"
#include "gateway/web/layout.h"
#include "gateway/web/parts.h"

namespace gateway::review {
namespace {

using web::html;
using web::Html;
using web::Request;
using web::Response;
using web::Role;
using web::Url;
using Kind = web::Table::Kind;

constexpr std::size_t kFormOctets = 3 * kLongestDraft + 4096;  // each octet may be written %XX

std::string line_id(std::size_t file, unsigned line) { return fmt::format("f{}-{}", file, line); }

std::size_t number(std::string_view text, std::size_t otherwise, std::size_t most) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && value <= most ? value : otherwise;
}

// ---- rules

Html state_of(const policy::RuleInfo& rule, const std::string& until) {
  Html out;
  if (rule.trial) out += html("<span class='badge trial'>on trial</span> ");
  if (!rule.off.empty()) out += html("<span class='badge'>off: no filter {}</span> ", rule.off);
  if (rule.ended)
    out += html("<span class='badge'>ended</span> ");
  else if (!until.empty())
    out += html("<span class='badge'>until {}</span> ", until);
  return out;
}

Html hits_of(const policy::RuleInfo& rule, const RuleHits& hits) {
  const auto& kind = rule.trial ? hits.trials : rule.decides ? hits.decided : hits.effects;
  const auto found = kind.find(rule.id);
  const DayCounts counts = found == kind.end() ? DayCounts{} : found->second;
  const std::string count = grouped(total(counts));
  const std::string since = to_text(Value(hits.since));
  const SearchWords words{{rule.trial     ? "trial"
                           : rule.decides ? "decided"
                                          : "rule",
                           rule.id},
                          {"since", since}};
  return html("<span class='hits'>{}<span>{}</span></span>", day_bars(counts, hits.since),
              total(counts) == 0 ? html("{}", count) : log_link(words, count));
}

Html rules_section(const pipeline::InForce& in_force, const PolicyFiles& files, const RuleHits& hits) {
  const auto texts = rule_texts(files.texts);
  web::Table table(
      "The rules in their order",
      {{"#", Kind::number}, {"rule"}, {"condition and what follows", Kind::wide}, {"hits by day"}});
  std::size_t place = 0;
  for (const policy::RuleInfo& rule : in_force.policy->rules()) {
    const auto found = texts.find(rule.id);
    const RuleText text = found == texts.end() ? RuleText{} : found->second;
    const Html source = text.line == 0 ? html("<span class='quiet'>{}</span>", rule.where)
                                       : html("<a class='quiet' href='{}'>{}</a>",
                                              Url::fragment(line_id(text.file, text.line)), rule.where);
    Html what = html(
        "<code class='when'>{}</code><div>{} {}</div>", text.when,
        rule.decides || rule.action == "tag" ? web::badge(rule.action)
                                             : html("<span class='badge'>{}</span>", rule.action),
        text.follows.size() > rule.action.size() && text.follows.starts_with(rule.action)
            ? html(
                  "<span class='quiet'>{}</span>",
                  text.follows.substr(rule.action.size() + (text.follows[rule.action.size()] == ',' ? 2 : 0)))
            : Html());
    if (!text.note.empty()) what += html("<div class='quiet'>{}</div>", text.note);
    table.row({html("{}", ++place),
               html("<strong>{}</strong><div>{}</div><div class='small'>{}</div>", rule.id,
                    state_of(rule, text.until), source),
               what, hits_of(rule, hits)});
  }
  if (table.empty())
    return web::section("rules", "Rules",
                        html("<p>There are none: what comes in is accepted or refused by the default.</p>"));
  return web::section("rules", "Rules",
                      html("<p class='quiet'>The first that holds and decides, decides. Bars are the last {} "
                           "days, today at the right; a rule on "
                           "trial shows how often it would have counted.</p>{}",
                           kHitDays, table.html()));
}

// ---- lists

Html lists_section(const pipeline::InForce& in_force, Time now) {
  policy::Diagnostics ignored;
  const auto files = in_force.policy->list_files();
  web::Table table("The lists of the policy",
                   {{"list"}, {"entries", Kind::number}, {"where"}, {"file of", Kind::wide}});
  for (const policy::ListInfo& list :
       policy::Policy::lists_in(in_force.settings->policy_files, in_force.vocabulary, now, ignored)) {
    const auto file = std::ranges::find(files, list.name, &policy::ListFileState::list);
    if (file == files.end()) {
      table.row({html("<strong>{}</strong>", list.name),
                 list.file.empty() ? html("{}", grouped(list.entries.size())) : Html(),
                 html("<code>{}</code>", list.where),
                 list.file.empty()
                     ? html("<span class='quiet'>its entries stand in the policy</span>")
                     : html("<code>{}</code> <span class='quiet'>not read yet</span>", list.file.string())});
      continue;
    }
    const Time changed{std::chrono::seconds(file->stamp.modified / 1'000'000'000)};
    table.row({html("<strong>{}</strong>", list.name), html("{}", grouped(file->entries)),
               html("<code>{}</code>", list.where),
               html("<code>{}</code><div class='quiet small'>as taken: of {}</div>", file->file.string(),
                    web::moment(changed))});
  }
  return table.empty() ? Html() : web::section("lists", "Lists", table.html());
}

// ---- source

Html source_of(std::size_t number_of_file, const policy::Ingredients::Text& text,
               const policy::Diagnostics& diagnostics) {
  Html lines;
  std::string_view rest = *text.text;
  for (unsigned number = 1; !rest.empty(); ++number) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    Html remarks;
    for (const policy::Diagnostic& one : diagnostics.all())
      if (one.line == number && one.file == text.path.string())
        remarks +=
            html("<div class='remark {}'>{}</div>",
                 one.severity == policy::Diagnostic::Severity::error ? "bad" : "doubtful", one.message);
    lines += html("<li id='{}'><code>{}</code>{}</li>", line_id(number_of_file, number),
                  web::text_lines(line.substr(0, line.find_last_not_of('\r') + 1)), remarks);
  }
  return html(
      "<details class='fold' open><summary><code>{}</code></summary><ol class='source'>{}</ol></details>",
      text.path.string(), lines);
}

Html source_section(const PolicyFiles& files) {
  Html inside = html(
      "<p class='quiet'>These files are what counts: change them with an editor, look with <code>postern "
      "check</code>, put "
      "them in force with <code>postern reload</code>.</p>");
  for (const policy::Diagnostic& one : files.diagnostics.all())
    if (one.line == 0)
      inside += web::notice(web::Tone::bad, html("<p><code>{}</code>: {}</p>", one.file, one.message));
  for (std::size_t i = 0; i < files.texts.size(); ++i)
    inside += source_of(i, files.texts[i], files.diagnostics);
  return web::section("source", "Source", inside);
}

Html heading_of(const pipeline::InForce& in_force, const PolicyFiles& files) {
  std::size_t warnings = 0;
  std::size_t errors = 0;
  for (const policy::Diagnostic& one : files.diagnostics.all())
    ++(one.severity == policy::Diagnostic::Severity::error ? errors : warnings);
  Html names;
  for (const auto& text : files.texts) names += html("<code>{}</code> ", text.path.string());
  Html out = web::details({{"version in force", web::code(in_force.policy->version())},
                           {"mode", html("{}", name(in_force.settings->mode))},
                           {"files", names}});
  if (errors > 0)
    out +=
        web::notice(web::Tone::bad,
                    html("<p>The files have {} as they are now: a reload would be refused. What is in force "
                         "stays. <a href='{}'>The mistakes</a> stand at their lines.</p>",
                         errors == 1 ? "a mistake" : "mistakes", Url::fragment("source")));
  else if (!files.in_force)
    out += web::notice(
        web::Tone::doubtful,
        html("<p>The files have changed since they were read. <code>postern reload</code> puts them in "
             "force; until then the conditions shown may be newer than what judges.</p>"));
  if (warnings > 0)
    out += web::notice(web::Tone::doubtful,
                       html("<p>{} of <code>postern check</code>: <a href='{}'>at their lines</a>.</p>",
                            warnings == 1 ? std::string("A warning") : fmt::format("{} warnings", warnings),
                            Url::fragment("source")));
  return out;
}

Html try_section(const Request& request, const pipeline::InForce& in_force, const PolicyFiles& files) {
  const Html intro = html(
      "<p class='quiet'>Judges recorded mail by the text below and shows which verdicts would change, and "
      "what rules on "
      "trial would do. Nothing is written or put in force. <a href='{}'>The last trial</a></p>",
      Url("/policy/trial"));
  if (files.texts.empty()) return {};
  if (!request.may(Role::operate))
    return web::section(
        "try", "Try a draft",
        intro + html("<p>It takes the role operate, as it costs the gateway time and memory.</p>"));
  const std::size_t place = number(request.query.get("file"), 0, files.texts.size() - 1);
  return web::section(
      "try", "Try a draft",
      intro + draft_form(request, in_force.settings->policy_files, place, *files.texts[place].text, 7));
}

Response start_trial(const Request& request, const World& world, PolicyTrial& trial) {
  const auto in_force = world.in_force();
  if (in_force->settings->policy_files.empty())
    return web::error_page(request, 404, "There is no policy file for which a draft could stand.");
  const std::string_view draft = request.form.get("draft");
  if (draft.size() > kLongestDraft) return web::error_page(request, 413, "A draft may have 256 KiB.");
  std::string text;  // browsers send CR LF
  for (const char c : draft)
    if (c != '\r') text += c;
  const std::size_t most = in_force->settings->policy_files.size() - 1;
  const bool started = trial.start(
      {.by = request.visitor.name.empty() ? "somebody on this machine" : request.visitor.name,
       .place = number(request.form.get("file"), 0, most),
       .draft = std::move(text),
       .days = static_cast<unsigned>(std::max<std::size_t>(1, number(request.form.get("days"), 7, 31)))},
      in_force, world.journal, world.now());
  if (!started)
    return web::error_page(
        request, 409, "Another draft is being tried: wait until it is done, or cancel it at /policy/trial.");
  return Response::redirect(Url("/policy/trial"));
}

}  // namespace

Html draft_form(const Request& request, const std::vector<settings::Path>& files, std::size_t place,
                std::string_view text, unsigned days) {
  Html chosen = web::hidden("file", std::to_string(place));
  if (files.size() > 1) {
    Html links;
    for (std::size_t i = 0; i < files.size(); ++i)
      links += i == place ? html("<strong>{}</strong> ", files[i].filename().string())
                          : html("<a href='{}'>{}</a> ", Url("/policy").with("file", i).at("try"),
                                 files[i].filename().string());
    chosen += html("<p class='quiet'>In the place of {}, with the others as they are.</p>", links);
  }
  const std::vector<web::Option> choices{
      {"1", "1 day"}, {"7", "7 days"}, {"14", "14 days"}, {"31", "31 days"}};
  return web::post_form(
      request, Url("/policy/trial"),
      chosen +
          html("<label class='field draft' for='draft'><span>Draft of {}</span><textarea id='draft' "
               "name='draft' rows='18' "
               "spellcheck='false' autocapitalize='none' maxlength='{}'>\n{}</textarea></label>",
               files[place].filename().string(), kLongestDraft, web::text_lines(text)) +
          html("<div class='actions'>{}{}</div>",
               web::select_field("on the last", "days", choices, std::to_string(days)),
               web::button("Try it", web::Button::primary)));
}

Response policy_page(const Request& request, const World& world) {
  const auto in_force = world.in_force();
  const Time now = world.now();
  RuleHits hits{.since = now - std::chrono::days(kHitDays)};
  if (auto search = journal::index::Search::in(world.journal, world.leaving)) {
    if (auto slow = too_slow(request, *search, hits.since, now, web::Section::policy))
      return std::move(*slow);
    hits = rule_hits(*search, now);
  } else {
    hits.remarks.push_back(search.error().text());
  }
  const PolicyFiles files = read_policy_files(*in_force, now);
  return web::page(request, {.title = "Policy",
                             .section = web::Section::policy,
                             .body = heading_of(*in_force, files) + notices(hits.remarks) +
                                     rules_section(*in_force, files, hits) + lists_section(*in_force, now) +
                                     try_section(request, *in_force, files) + source_section(files)});
}

void add_policy_pages(web::Routes& routes, const World& world, PolicyTrial& trial) {
  routes.page("/policy", Role::view, [&](const Request& request) { return policy_page(request, world); });
  routes.page("/policy/trial", Role::view,
              [&](const Request& request) { return trial_page(request, world, trial); });
  routes.action(
      "/policy/trial", Role::operate,
      [&](const Request& request) { return start_trial(request, world, trial); }, kFormOctets);
  routes.action("/policy/trial/cancel", Role::operate, [&](const Request&) {
    trial.cancel();
    return Response::redirect(Url("/policy/trial"));
  });
}

}  // namespace gateway::review
