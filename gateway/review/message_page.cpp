#include "gateway/review/message_page.h"

#include <fmt/format.h>

#include <variant>

#include "gateway/journal/decode.h"
#include "gateway/journal/harmless.h"
#include "gateway/journal/id.h"
#include "gateway/journal/index/attempts.h"
#include "gateway/journal/index/record.h"
#include "gateway/journal/index/row_reader.h"
#include "gateway/journal/local_time.h"
#include "gateway/journal/tell_audit.h"
#include "gateway/rehearsal/test_writer.h"
#include "gateway/review/markup.h"
#include "gateway/review/slow.h"
#include "gateway/review/story.h"
#include "gateway/web/layout.h"
#include "gateway/web/parts.h"

namespace gateway::review {
namespace {

namespace index = journal::index;
using web::html;
using web::Html;

Html step(std::string_view id, std::string_view heading, const Html& inside) {
  return html("<li id='{}'><h2>{}</h2>{}</li>", id, heading, inside);
}

Html folded(std::string_view id, std::string_view heading, const Html& inside) {
  return html("<details class='fold' id='{}'><summary>{}</summary>{}</details>", id, heading, inside);
}

Html raw_record(const std::string& record) {
  return folded("record", "The record itself",
                html("<pre>{}</pre>", web::text_lines(journal::harmless(record))));
}

Html attempts(index::Search& search, const std::string& record) {
  index::RowReader reader;
  const index::Row* const row = reader.read(record);
  if (!row) return {};
  const std::string own(row->id);
  const Time time = row->time;
  web::Table table("Other attempts",
                   {{"when"}, {""}, {"verdict"}, {"rule"}, {"told", web::Table::Kind::wide}});
  for (const index::Attempt& one : index::other_attempts(search, *row)) {
    const bool earlier = one.time < time || (one.time == time && one.id < own);
    table.row({html("<a href='{}'>{}</a>", web::Url("/message").below(one.id), web::moment(one.time)),
               html("{}", earlier ? "earlier" : "later"), web::badge(one.action), web::code(one.rule),
               web::code(printable(one.reply, 500))});
  }
  return table.empty() ? Html() : web::section("attempts", "Other attempts of this message", table.html());
}

// What people did to it since, and what retention did.
Html later(index::Search& search, const std::string& record) {
  index::RowReader reader;
  const index::Row* const row = reader.read(record);
  if (!row) return {};
  Html items;
  for (const std::string& line : index::later_audits(search, *row, journal::tell_audit))
    items += html("<li>{}</li>", line);
  return items.empty() ? Html() : web::section("later", "What was done later", html("<ul>{}</ul>", items));
}

Html story_of(const journal::Entry& entry) {
  return html("<ol class='story'>{}{}{}{}{}</ol>", step("claimed", "Claimed", story::claims(entry)),
              step("found", "Found", story::evidence(entry)), step("rules", "Rules", story::rules(entry)),
              step("verdict", "Verdict", story::recipients(entry)),
              step("delivery", "Delivery", story::delivery(entry)));
}

Html under_it(const journal::Entry& entry, const std::string& record) {
  Html all = folded("facts", fmt::format("{} facts", entry.facts.size()), story::facts(entry));
  if (!entry.answers.empty())
    all += folded("dns", fmt::format("{} answers of the DNS", entry.answers.size()), story::dns(entry));
  if (!entry.state.empty()) all += folded("remembered", "What was remembered", story::remembered(entry));
  if (!entry.added_headers.empty())
    all += folded("headers", "Headers that were put on top", story::headers(entry));
  all += folded("session", "Session", story::origin(entry));
  return all + raw_record(record);
}

Html tools(const std::string& id) {
  const web::Url test = web::Url("/message").below(id).below("as-test");
  return html(
      "<p class='exports quiet'><a href='{}'>As a policy test</a>, <a href='{}'>with the real names</a>; "
      "<a href='{}'>as JSON</a></p>",
      test, test.with("names", "real"), web::Url("/api/v1/message").below(id));
}

struct Kept {
  std::string id;
  std::string record;
  index::Search search;
  std::vector<std::string> remarks;
};

// The record that was asked for, or the answer that says why not.
std::variant<Kept, web::Response> kept(const web::Request& request, const World& world) {
  const auto id = journal::canonical_id(request.parameter("id"));
  if (!id)
    return web::error_page(request, 404,
                           "This is no id: they are 12 letters and digits, such as 4F7K2M9QX0TB.");
  auto search = index::Search::in(world.journal, world.leaving);
  if (!search) return web::error_page(request, 503, search.error().text());
  const index::Period near = index::period_of_id(*id);
  if (auto slow = too_slow(request, *search, near.since, near.until, web::Section::log))
    return std::move(*slow);
  auto record = index::find_record(*search, *id);
  if (record) {
    auto remarks = search->take_remarks();
    return Kept{*id, std::move(*record), std::move(*search), std::move(remarks)};
  }
  std::string sentence = fmt::format("There is no record of {}", *id);
  if (const auto made = journal::time_of_id(*id))
    sentence += fmt::format(", which was made {}",
                            journal::local_time(std::chrono::floor<std::chrono::seconds>(*made)));
  const index::Coverage covered = search->coverage({}, {});
  sentence += covered.first
                  ? fmt::format("; the journal covers {} to {}.", journal::local_time(*covered.first),
                                journal::local_time(*covered.last))
                  : "; the journal is empty.";
  return web::error_page(request, 404, sentence);
}

}  // namespace

web::Response message_page(const web::Request& request, const World& world) {
  auto found = kept(request, world);
  if (auto* const answer = std::get_if<web::Response>(&found)) return std::move(*answer);
  Kept& one = std::get<Kept>(found);
  const auto recorded = journal::decode(one.record, world.in_force()->vocabulary);
  Html body = notices(one.remarks);
  if (!recorded) {
    body +=
        web::notice(web::Tone::bad, html("<p>Its record cannot be read: {}</p>", recorded.error().text()));
    body += raw_record(one.record);
  } else if (recorded->session) {
    const journal::SessionEntry entry = recorded->session_entry();
    body += story::session(entry);
    body += folded("session", "Session", story::origin(entry));
    body += raw_record(one.record);
  } else {
    const journal::Entry entry = recorded->entry();
    body += story::verdict(entry);
    body += tools(one.id);
    body += story_of(entry);
    body += later(one.search, one.record);
    body += attempts(one.search, one.record);
    body += under_it(entry, one.record);
  }
  const bool session = recorded && recorded->session;
  return web::page(request, {.title = fmt::format("{} {}", session ? "Connection" : "Message", one.id),
                             .section = web::Section::log,
                             .body = html("<div class='message'>{}</div>", body)});
}

web::Response message_as_test(const web::Request& request, const World& world) {
  auto found = kept(request, world);
  if (auto* const answer = std::get_if<web::Response>(&found)) return std::move(*answer);
  const Kept& one = std::get<Kept>(found);
  const auto in_force = world.in_force();
  const auto recorded = journal::decode(one.record, in_force->vocabulary);
  if (!recorded)
    return web::error_page(request, 422, "Its record cannot be read: " + recorded.error().text());
  const Result<rehearsal::WrittenTest> test =
      rehearsal::write_test(*recorded, in_force, {.as_is = request.query.get("names") == "real"});
  if (!test) return web::error_page(request, 422, test.error().text());
  return web::Response::text(test->text);
}

}  // namespace gateway::review
