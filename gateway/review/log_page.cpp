#include "gateway/review/log_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "gateway/journal/local_time.h"
#include "gateway/review/log_export.h"
#include "gateway/review/log_form.h"
#include "gateway/review/log_list.h"
#include "gateway/review/markup.h"
#include "gateway/review/slow.h"
#include "gateway/web/layout.h"
#include "gateway/web/parts.h"

namespace gateway::review {
namespace {

namespace index = journal::index;
using web::html;
using web::Html;

constexpr std::size_t kLongest = 160;  // octets of a value in the list
constexpr std::size_t kTime = 14;      // octets of "11-25 23:59:59"

web::Url page_url(const LogRequest& request, const std::optional<index::Place>& behind) {
  web::Url url = search_url("/log", request.words, request.columns);
  if (request.limit != LogRequest::kLimit) url = url.with("limit", request.limit);
  return behind ? url.with("behind", behind->text()) : url;
}

// A value that narrows the search down when it is clicked on.
Html narrowing(const LogRequest& request, std::string_view word, std::string_view value, const Html& shown) {
  SearchWord more{std::string(word), std::string(value)};
  if (word.empty() || value.empty() || std::ranges::find(request.words, more) != request.words.end())
    return shown;
  SearchWords words = request.words;
  words.push_back(std::move(more));
  if (!query_of(words, Time{})) return shown;
  return html("<a class='narrow' href='{}'>{}</a>", search_url("/log", words, request.columns), shown);
}

Html text_of(std::string_view value) { return html("{}", printable(value, kLongest)); }

// The number of the others first: what is too long is cut at its end.
Html recipients(const LogRequest& request, const LogColumn& column, const index::Row& row) {
  const auto all = column.list(row);
  if (all.empty()) return {};
  const Html more = all.size() == 1 ? Html() : html("<span class='quiet'>+{} </span>", all.size() - 1);
  return more + narrowing(request, column.word, all.front(), text_of(all.front()));
}

// Without the offset, which is the same for all of a page.
Html time_of(const index::Row& row) {
  return html("<time datetime='{}' title='{}'>{}</time>", to_text(Value(row.time)),
              journal::local_time(row.time), journal::short_local_time(row.time).substr(0, kTime));
}

Html cell(const LogRequest& request, const LogColumn& column, const index::Row& row) {
  const web::Url message = web::Url("/message").below(row.id);
  if (column.name == "time") return html("<a href='{}'>{}</a>", message, time_of(row));
  if (column.name == "id") return html("<a href='{}'>{}</a>", message, row.id);
  if (column.name == "outcome")
    return narrowing(request, column.word, row.outcome(), web::badge(row.outcome()));
  if (column.name == "subject")
    return html("<a href='{}'>{}</a>", message,
                row.subject.empty() ? html("<span class='quiet'>none</span>") : text_of(row.subject));
  if (column.list && !column.word.empty()) return recipients(request, column, row);
  const std::string value = column.text(row);
  return narrowing(request, column.word, value, text_of(value));
}

web::Table::Kind shape_of(const LogColumn& column) {
  if (column.number) return web::Table::Kind::number;
  if (column.name == "subject" || column.name == "reply") return web::Table::Kind::wide;
  constexpr std::string_view kCode[] = {"id", "ip", "helo", "client_name", "message_id", "queue_id"};
  return std::ranges::find(kCode, column.name) != std::end(kCode) ? web::Table::Kind::code
                                                                  : web::Table::Kind::text;
}

web::Table table_for(const LogRequest& request, const std::vector<const LogColumn*>& columns) {
  std::vector<web::Table::Column> named;
  for (const LogColumn* const column : columns) named.push_back({column->title, shape_of(*column)});
  const LogKind kind = kind_of(request.query);
  return {kind == LogKind::audits     ? "What people did to held messages"
          : kind == LogKind::sessions ? "Connections without a message"
                                      : "Messages",
          std::move(named)};
}

Html nothing(const LogRequest& request, const NothingFound& found) {
  if (!found.covered.first) return web::notice(web::Tone::info, html("<p>The journal is empty.</p>"));
  Html told =
      html("<p>Nothing was found. The journal covers {} to {}: {} with a message, {} without one.</p>",
           web::moment(*found.covered.first), web::moment(*found.covered.last),
           grouped(found.covered.transactions), grouped(found.covered.sessions));
  if (request.query.since || request.query.until)
    told += html("<p>In the time asked for: {} with a message, {} without one.</p>",
                 grouped(found.transactions), grouped(found.sessions));
  if (found.other_kind > 0) {
    SearchWords words = request.words;
    std::erase_if(words, [](const SearchWord& word) { return word.name == "sessions"; });
    if (!request.query.sessions) words.push_back({"sessions", "yes"});
    told += html("<p><a href='{}'>{} {} would fit.</a></p>", search_url("/log", words, {}),
                 grouped(found.other_kind), request.query.sessions ? "with a message" : "without a message");
  }
  return web::notice(web::Tone::info, told);
}

Html exports(const LogRequest& request) {
  return html(
      "<p class='exports quiet'>All of this search: <a href='{}' download>CSV</a>, <a href='{}' "
      "download>JSON lines</a></p>",
      search_url("/log.csv", request.words, request.columns), search_url("/log.jsonl", request.words, {}));
}

web::Response wrong_search(const web::Request& request, const std::string& sentence) {
  Html body = search_box(typed_in(request.query), sentence, {});
  body += search_fields({});
  return web::page(request,
                   {.title = "Log", .section = web::Section::log, .body = std::move(body), .status = 400});
}

struct Export {
  LogRequest asked;
  std::shared_ptr<index::Search> search;
};

// What is asked for as a file, or the answer that says why not.
std::variant<Export, web::Response> export_of(const web::Request& request, const World& world) {
  auto asked = LogRequest::read(request.query, world.now());
  if (!asked) return web::error_page(request, 400, asked.error().text());
  auto search = index::Search::in(world.journal, world.leaving);
  if (!search) return web::error_page(request, 503, search.error().text());
  if (auto slow = too_slow(request, *search, asked->query.since, asked->query.until, web::Section::log))
    return std::move(*slow);
  return Export{std::move(*asked), std::make_shared<index::Search>(std::move(*search))};
}

}  // namespace

web::Response log_page(const web::Request& request, const World& world) {
  const auto asked = LogRequest::read(request.query, world.now());
  if (!asked) return wrong_search(request, asked.error().text());
  auto search = index::Search::in(world.journal, world.leaving);
  if (!search) return web::error_page(request, 503, search.error().text());
  if (auto slow = too_slow(request, *search, asked->query.since, asked->query.until, web::Section::log))
    return std::move(*slow);

  const auto columns = asked->shown();
  web::Table table = table_for(*asked, columns);
  const LogList list =
      list_log(*search, asked->query, asked->limit, asked->behind, [&](const index::Row& row) {
        std::vector<Html> cells;
        for (const LogColumn* const column : columns) cells.push_back(cell(*asked, *column, row));
        table.row(cells);
      });

  Html body = search_box(typed(asked->words), "", *asked);
  body += narrowed_by(*asked);
  body += html("<div class='folds'>{}{}</div>", search_fields(*asked), column_choice(*asked));
  body += notices(list.remarks);
  if (list.nothing) body += nothing(*asked, *list.nothing);
  if (list.rows == 0 && asked->behind)
    body += web::notice(web::Tone::info, html("<p>There is nothing older.</p>"));
  if (list.rows > 0) {
    const Html live =
        asked->behind
            ? Html()
            : html(
                  "<button type='button' class='quiet' data-live='log-rows' hidden>Keep up to date</button>");
    body += html("<div class='above'>{}{}</div>", exports(*asked), live);
    body += html("<div id='log-rows' class='log'>{}</div>", table.html());
  }
  if (asked->behind || list.next)
    body += web::pager(asked->behind ? std::optional(page_url(*asked, {})) : std::nullopt,
                       list.next ? std::optional(page_url(*asked, list.next)) : std::nullopt,
                       fmt::format("{} shown", list.rows));
  return web::page(request, {.title = "Log", .section = web::Section::log, .body = std::move(body)});
}

web::Response log_csv(const web::Request& request, const World& world) {
  auto made = export_of(request, world);
  if (auto* const answer = std::get_if<web::Response>(&made)) return std::move(*answer);
  Export& file = std::get<Export>(made);
  web::Response response = web::Response::download("postern-log.csv", "text/csv; charset=utf-8", "");
  response.pieces = [search = file.search, asked = file.asked](const WritePiece& write) {
    write_csv(*search, asked.query, asked.exported(), write);
  };
  return response;
}

web::Response log_lines(const web::Request& request, const World& world) {
  auto made = export_of(request, world);
  if (auto* const answer = std::get_if<web::Response>(&made)) return std::move(*answer);
  Export& file = std::get<Export>(made);
  web::Response response = web::Response::download("postern-log.jsonl", "application/x-ndjson", "");
  response.pieces = [search = file.search, asked = file.asked](const WritePiece& write) {
    write_lines(*search, asked.query, write);
  };
  return response;
}

}  // namespace gateway::review
