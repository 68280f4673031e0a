#include "gateway/review/quarantine_pages.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <exception>

#include "gateway/delivery/held_file.h"
#include "gateway/held/door.h"
#include "gateway/held/view.h"
#include "gateway/journal/id.h"
#include "gateway/review/markup.h"
#include "gateway/review/quarantine_list.h"
#include "gateway/web/forms.h"
#include "gateway/web/layout.h"
#include "gateway/web/parts.h"

namespace gateway::review {
namespace {

using held::Outcome;
using journal::Audit;
using web::html;
using web::Html;
using web::Request;
using web::Response;
using web::Role;

constexpr std::size_t kMostAtOnce = 1000;
constexpr std::string_view kStillGoingOn =
    "The gateway is still at it. Look at the list again in a minute: what the mailstore took is not in it.";

held::Person person_of(const Request& request) {
  const std::string name =
      request.visitor.name.empty() ? "no log-in, from " + request.peer.text() : request.visitor.name;
  return {name, "web"};
}

std::string size_text(std::uint64_t octets) {
  if (octets < 1000) return fmt::format("{} B", octets);
  return octets < 1'000'000 ? fmt::format("{} kB", octets / 1000)
                            : fmt::format("{:.1f} MB", static_cast<double>(octets) / 1e6);
}

Html recipients_of(const held::Summary& one) {
  if (one.recipients.empty()) return {};
  return html("{}{}", one.recipients.front(),
              one.recipients.size() > 1 ? fmt::format(" +{}", one.recipients.size() - 1) : "");
}

web::Url list_url(const QuarantineRequest& asked, std::size_t skip) {
  web::Url url("/quarantine");
  if (!asked.words.empty()) url = url.with("q", typed(asked.words));
  if (asked.limit != QuarantineRequest::kLimit) url = url.with("limit", asked.limit);
  return skip > 0 ? url.with("skip", skip) : url;
}

Html search_form(std::string_view text, std::string_view wrong) {
  const Html complaint = wrong.empty() ? Html() : html("<p class='wrong' role='alert'>{}</p>", wrong);
  return html(
      "<form method='get' action='/quarantine' class='search' role='search'><label for='q'>Search</label>"
      "<input id='q' name='q' type='search' value='{}' placeholder='rcpt:erika@example.com since:2d invoice' "
      "autocomplete='off' spellcheck='false'><button class='primary'>Search</button></form>{}",
      text, complaint);
}

Html rows_of(const Request& request, const held::Listing& listing) {
  const bool may_act = request.may(Role::operate);
  std::vector<web::Table::Column> columns;
  if (may_act) columns.push_back({"choose"});
  columns.insert(columns.end(), {{"since"},
                                 {"reason"},
                                 {"from"},
                                 {"to"},
                                 {"subject", web::Table::Kind::wide},
                                 {"size", web::Table::Kind::number}});
  web::Table table("Messages in quarantine", std::move(columns));
  for (const held::Summary& one : listing.messages) {
    const web::Url page = web::Url("/quarantine").below(one.id);
    std::vector<Html> cells;
    if (may_act)
      cells.push_back(
          html("<input type='checkbox' name='id' value='{}' aria-label='{}'>", one.id, "choose " + one.id));
    cells.push_back(html("<a href='{}'>{}</a>", page, web::moment(one.since)));
    cells.push_back(one.begun
                        ? html("{} <span class='state doubtful'>release begun</span>", printable(one.reason))
                        : html("{}", printable(one.reason)));
    cells.push_back(html("{}", one.sender.empty() ? "<>" : printable(one.sender)));
    cells.push_back(recipients_of(one));
    cells.push_back(html("<a href='{}'>{}</a>", page,
                         one.subject.empty() ? html("<span class='quiet'>none</span>")
                                             : html("{}", printable(one.subject, 160))));
    cells.push_back(html("{}", size_text(one.octets)));
    table.row(cells);
  }
  if (!may_act) return table.html();
  const Html buttons = html(
      "<p><label class='check'><input type='checkbox' data-all='id' hidden><span>all of this "
      "page</span></label>"
      "<button class='primary' formaction='/quarantine/release'>Release…</button> "
      "<button class='danger' formaction='/quarantine/delete'>Delete…</button></p>");
  return web::post_form(request, web::Url("/quarantine/release"), buttons + table.html());
}

Response list_page(const Request& request, const World& world) {
  const auto asked = QuarantineRequest::read(request.query, world.now());
  if (!asked)
    return web::page(request, {.title = "Quarantine",
                               .section = web::Section::quarantine,
                               .body = search_form(request.query.get("q"), asked.error().text()),
                               .status = 400});
  const auto found = held::list(world.quarantine, asked->query, asked->skip, asked->limit);
  if (!found) return web::error_page(request, 500, "Quarantine cannot be read: " + found.error().text());
  const held::Listing& listing = *found;
  Html body = search_form(typed(asked->words), "");
  if (listing.messages.empty()) {
    body += web::notice(
        web::Tone::info,
        asked->words.empty() && asked->skip == 0
            ? html("<p>Nothing is in quarantine.</p>")
            : html("<p>Nothing in quarantine fits. <a href='{}'>Show all</a></p>", web::Url("/quarantine")));
  } else {
    body += html("<p class='quiet'>{} {}, {}</p>", grouped(listing.all),
                 listing.all == 1 ? "message" : "messages", size_text(listing.octets));
    body += html("<div class='log'>{}</div>", rows_of(request, listing));
  }
  const bool more = asked->skip + listing.messages.size() < listing.all;
  if (asked->skip > 0 || more)
    body += web::pager(
        asked->skip > 0 ? std::optional(list_url(*asked, asked->skip - std::min(asked->skip, asked->limit)))
                        : std::nullopt,
        more ? std::optional(list_url(*asked, asked->skip + asked->limit)) : std::nullopt,
        fmt::format("{} to {} of {}", asked->skip + 1, asked->skip + listing.messages.size(), listing.all));
  return web::page(request,
                   {.title = "Quarantine", .section = web::Section::quarantine, .body = std::move(body)});
}

// Ids that were posted, canonical, none twice.
std::vector<std::string> ids_of(const Request& request) {
  std::vector<std::string> ids;
  for (const std::string_view text : request.form.all("id"))
    if (const auto id = journal::canonical_id(text);
        id && ids.size() < kMostAtOnce && std::ranges::find(ids, *id) == ids.end())
      ids.push_back(*id);
  return ids;
}

// What is about to be done, to which messages: asked before anything is.
Response confirmation(const Request& request, const World& world, bool release,
                      const std::vector<std::string>& ids) {
  web::Table table(release ? "To be released" : "To be deleted",
                   {{"id", web::Table::Kind::code}, {"from"}, {"to"}, {"subject", web::Table::Kind::wide}});
  Html inside;
  Html begun;
  std::size_t there = 0;
  for (const std::string& id : ids)
    for (const delivery::Path& file : delivery::find_held(world.quarantine, id)) {
      const Result<held::Summary> one = held::summary(file);
      if (!one && one.error().system_code() == ENOENT) continue;
      ++there;
      if (!one) {  // it can be deleted all the same
        table.row({html("{}", id), {}, {}, html("unreadable: {}", printable(one.error().text()))});
        continue;
      }
      std::string recipients;
      for (const std::string& recipient : one->recipients)
        recipients += (recipients.empty() ? "" : ", ") + recipient;
      table.row({html("{}", id), html("{}", one->sender.empty() ? "<>" : printable(one->sender)),
                 html("{}", printable(recipients, 500)), html("{}", printable(one->subject, 160))});
      if (release && one->begun)
        begun += web::notice(web::Tone::doubtful, html("<p>{}: {}.</p>", id, held::begun_text(*one->begun)));
    }
  if (there == 0)
    return web::error_page(request, 404,
                           "None of these is in quarantine any more: they were released or deleted.");
  for (const std::string& id : ids) inside += web::hidden("id", id);
  for (const std::string_view to : request.form.all("to")) inside += web::hidden("to", to);
  inside += web::hidden("confirm", "yes");
  if (!begun.empty())
    inside += html(
        "<p><label class='check'><input type='checkbox' name='again' value='yes'><span>I have looked into "
        "the "
        "mailstore: send it again where a release was begun</span></label></p>");
  const std::string many = there == 1 ? "this message" : fmt::format("these {} messages", there);
  inside += web::button((release ? "Release " : "Delete ") + many,
                        release ? web::Button::primary : web::Button::danger);
  Html body = html("<p class='lead'>{}</p>{}",
                   release ? "They go to the mailstore of their recipients." : "They are gone for ever then.",
                   table.html());
  body += begun;
  body += web::post_form(request, release ? web::Url("/quarantine/release") : web::Url("/quarantine/delete"),
                         inside);
  body += html("<p><a href='{}'>Back to the list</a></p>", web::Url("/quarantine"));
  return web::page(request, {.title = release ? "Release?" : "Delete?",
                             .section = web::Section::quarantine,
                             .body = std::move(body)});
}

std::string_view state_of(std::string_view fate) {
  if (fate == "taken" || fate == "done" || fate == "deleted") return "good";
  return fate == "failed for now" || fate == "perhaps delivered" || fate == "partly" ? "doubtful" : "bad";
}

// What the mailstore said, recipient by recipient.
Html answers(const Outcome& outcome) {
  web::Table table("What came of it", {{"id", web::Table::Kind::code},
                                       {"recipient"},
                                       {"result"},
                                       {"what the mailstore said", web::Table::Kind::wide},
                                       {"server", web::Table::Kind::code}});
  for (const Audit& one : outcome) {
    for (const journal::AuditedRecipient& recipient : one.recipients)
      table.row({html("{}", one.id), html("{}", printable(recipient.address)),
                 html("<span class='state {}'>{}</span>", state_of(recipient.fate), recipient.fate),
                 web::code(printable(recipient.reply, 1000)), html("{}", one.server)});
    if (!one.detail.empty())
      table.row({html("{}", one.id),
                 {},
                 html("<span class='state {}'>{}</span>", state_of(one.result), one.result),
                 html("{}", printable(one.detail, 1000)),
                 {}});
  }
  return table.html();
}

Response act(const Request& request, const World& world, bool release) {
  const std::vector<std::string> ids = ids_of(request);
  if (ids.empty()) return web::error_page(request, 400, "No message was chosen.");
  const bool api = request.wants_json();
  if (!api && request.form.get("confirm") != "yes") return confirmation(request, world, release, ids);
  std::vector<std::string> to;
  for (const std::string_view one : request.form.all("to")) to.emplace_back(one);
  const std::string_view again = request.form.get("again");
  if (!again.empty() && again != "yes" && again != "no")
    return web::error_page(request, 400, "again: expected yes or no; nothing was done");
  const std::optional<Outcome> outcome =
      release ? world.held->release(ids, {std::move(to), again == "yes"}, person_of(request))
              : world.held->remove(ids, person_of(request));
  if (!outcome) return web::error_page(request, 504, kStillGoingOn);
  const bool all_done = std::ranges::all_of(*outcome, [](const Audit& one) { return one.result == "done"; });
  if (api) {
    std::string text = fmt::format("{{\"ok\":{},\"messages\":[", all_done);
    for (const Audit& one : *outcome) text += (text.ends_with('[') ? "" : ",") + journal::encode_audit(one);
    return Response::json(text + "]}\n", all_done ? 200 : 409);
  }
  Html body =
      all_done ? web::notice(web::Tone::good,
                             html("<p>{}</p>", release ? "The mailstore took all of it." : "Deleted."))
               : web::notice(web::Tone::bad,
                             html("<p>{}</p>",
                                  release ? "Not everything was taken. What was not is still in quarantine."
                                          : "Not everything was deleted."));
  body += answers(*outcome);
  body += html("<p><a href='{}'>Back to the list</a></p>", web::Url("/quarantine"));
  return web::page(request,
                   {.title = release ? "Released" : "Deleted",
                    .section = web::Section::quarantine,
                    .body = std::move(body),
                    .heading = html("{}", all_done ? (release ? "Released" : "Deleted")
                                                   : (release ? "Not all released" : "Not all deleted"))});
}

Html headers_of(const held::View& view) {
  std::vector<std::pair<std::string_view, Html>> list;
  for (const held::View::Field& field : view.fields) list.emplace_back(field.name, html("{}", field.value));
  return web::details(list);
}

Html attachments_of(const held::View& view) {
  web::Table table("Other parts", {{"name"}, {"type"}, {"size", web::Table::Kind::number}});
  for (const held::View::Attachment& one : view.attachments)
    table.row({html("{}", one.name.empty() ? "without a name" : one.name), html("{}", one.type),
               html("{}", size_text(one.octets))});
  return table.empty() ? Html() : web::section("parts", "Other parts", table.html());
}

Html buttons_for(const Request& request, const held::Summary& one) {
  if (!request.may(Role::operate)) return {};
  Html inside = web::hidden("id", one.id);
  if (one.recipients.size() > 1)
    for (const std::string& recipient : one.recipients)
      inside += html(
          "<label class='check'><input type='checkbox' name='to' value='{}'><span>only {}</span></label>",
          recipient, recipient);
  inside += html(
      "<p><button class='primary' formaction='/quarantine/release'>Release…</button> "
      "<button class='danger' formaction='/quarantine/delete'>Delete…</button></p>");
  return web::post_form(request, web::Url("/quarantine/release"), inside);
}

Html one_message(const Request& request, const held::Summary& one, const held::View& view) {
  std::string recipients;
  for (const std::string& recipient : one.recipients)
    recipients += (recipients.empty() ? "" : ", ") + recipient;
  Html all = web::details({{"in quarantine since", web::moment(one.since)},
                           {"because of", html("{}", printable(one.reason))},
                           {"sender", html("{}", one.sender.empty() ? "<>" : printable(one.sender))},
                           {"waits for", html("{}", printable(recipients, 2000))},
                           {"mailstore", html("{}", printable(one.mailstore))},
                           {"client", web::code(one.client)},
                           {"size", html("{}", size_text(one.octets))}});
  if (one.begun)
    all += web::notice(web::Tone::doubtful,
                       html("<p>{}. Look there before you release it.</p>", held::begun_text(*one.begun)));
  all += buttons_for(request, one);
  for (const std::string& remark : view.remarks)
    all += web::notice(web::Tone::doubtful, html("<p>{}</p>", remark));
  const std::string_view heading = view.text_type == "text/html" ? "Text, out of HTML" : "Text";
  all += web::section("text", heading,
                      view.text.empty() ? html("<p class='quiet'>There is no text.</p>")
                                        : html("<pre class='shown'>{}</pre>", web::text_lines(view.text)));
  all += attachments_of(view);
  all += html("<details class='fold' id='fields' open><summary>Header fields</summary>{}</details>",
              headers_of(view));
  return all;
}

struct Opened {
  held::Summary summary;
  held::View view;
};

// Who reads is recorded first.  The error is what he is told.
Result<std::vector<Opened>> open(const Request& request, const World& world, const std::string& id) {
  const auto reading = world.held->read(id, person_of(request));
  if (!reading) return Error(std::string("the gateway is ending or busy; try again in a minute"), 503);
  std::vector<Opened> all;
  for (const delivery::Path& file : reading->files) {
    const auto summary = held::summary(file);
    const auto message = delivery::read_held_file(file);
    if (!summary || !message)
      return Error("it cannot be read: " + (summary ? message.error() : summary.error()).text(), 500);
    all.push_back({*summary, held::view(*message)});
  }
  if (all.empty())
    return Error(id + " is not in quarantine: it was released or deleted, or never was there", 404);
  return all;
}

Response message_page(const Request& request, const World& world) {
  const auto id = journal::canonical_id(request.parameter("id"));
  if (!id)
    return web::error_page(request, 404,
                           "This is no id: they are 12 letters and digits, such as 4F7K2M9QX0TB.");
  const auto opened = open(request, world, *id);
  if (!opened) return web::error_page(request, opened.error().system_code(), opened.error().text());
  if (request.wants_json()) {
    journal::JsonWriter json;
    json.begin_object().key("messages").begin_array();
    for (const Opened& one : *opened) {
      json.begin_object();
      json.key("message");
      held::write(json, one.summary, delivery::Keep::quarantine);
      held::write(json, one.view);
      json.end_object();
    }
    json.end_array().end_object();
    return Response::json(json.str() + "\n");
  }
  Html body = html(
      "<p class='exports quiet'><a href='{}'>Why it is here: the whole story</a>; that you read it is "
      "recorded</p>",
      web::Url("/message").below(*id));
  for (const Opened& one : *opened) body += one_message(request, one.summary, one.view);
  const std::string& subject = opened->front().summary.subject;
  return web::page(request, {.title = subject.empty() ? *id : printable(subject, 160),
                             .section = web::Section::quarantine,
                             .body = std::move(body)});
}

Response api_list(const Request& request, const World& world) {
  const auto asked = QuarantineRequest::read(request.query, world.now());
  if (!asked) return web::error_page(request, 400, asked.error().text());
  const auto found = held::list(world.quarantine, asked->query, asked->skip, asked->limit);
  if (!found) return web::error_page(request, 500, "quarantine cannot be read: " + found.error().text());
  const held::Listing& listing = *found;
  journal::JsonWriter json;
  json.begin_object();
  json.key("count").integer(static_cast<std::int64_t>(listing.all));
  json.key("octets").integer(static_cast<std::int64_t>(listing.octets));
  json.key("messages").begin_array();
  for (const held::Summary& one : listing.messages) held::write(json, one, delivery::Keep::quarantine);
  json.end_array().end_object();
  return Response::json(json.str() + "\n");
}

}  // namespace

void add_quarantine_pages(web::Routes& routes, const World& world) {
  const auto page = [&](std::string_view pattern,
                        Response (*answer)(const Request&, const World&)) -> web::Route& {
    return routes.page(pattern, Role::view,
                       [answer, &world](const Request& request) { return answer(request, world); });
  };
  page("/quarantine", list_page);
  page("/quarantine/{id}", message_page);
  page("/api/v1/quarantine", api_list).fields = {"q", "skip", "limit"};
  page("/api/v1/quarantine/{id}", message_page).fields.emplace();
  for (const std::string_view pattern : {"/quarantine/release", "/api/v1/quarantine/release"})
    routes.action(pattern, Role::operate,
                  [&world](const Request& request) { return act(request, world, true); });
  for (const std::string_view pattern : {"/quarantine/delete", "/api/v1/quarantine/delete"})
    routes.action(pattern, Role::operate,
                  [&world](const Request& request) { return act(request, world, false); });
}

}  // namespace gateway::review
