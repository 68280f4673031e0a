#include "gateway/review/pages.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "gateway/web/parts.h"

namespace gateway::review {
namespace {

namespace json = boost::json;
using web::Html;
using web::html;
using web::Table;
using web::Url;

json::object parsed(const std::string& record) {
  boost::system::error_code error;
  const json::value value = json::parse(record, error);
  return !error && value.is_object() ? value.get_object() : json::object();
}

// A member as text; numbers and the like as JSON; empty when it is not there.
std::string text(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (!value || value->is_null()) return {};
  return value->is_string() ? std::string(value->get_string()) : json::serialize(*value);
}

json::object object_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value && value->is_object() ? value->get_object() : json::object();
}

json::array array_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value && value->is_array() ? value->get_array() : json::array();
}

// A table of some members of each object in an array.
Html table(std::string_view title, const json::array& rows, std::initializer_list<std::string_view> keys) {
  if (rows.empty()) return {};
  std::vector<Table::Column> columns;
  for (const std::string_view key : keys) columns.push_back({key, Table::Kind::code});
  Table table(title, std::move(columns));
  for (const json::value& row : rows) {
    if (!row.is_object()) continue;
    std::vector<Html> cells;
    for (const std::string_view key : keys) cells.push_back(html("{}", text(row.get_object(), key)));
    table.row(cells);
  }
  return web::section(title, title, table.html());
}

Html time_cell(const json::object& record) {
  return html("<a href='{}'>{}</a>", Url("/message").below(text(record, "id")), text(record, "time"));
}

Html transaction_table(std::span<const std::string> records) {
  Table table("The latest transactions", {{"time"},
                                          {"verdict"},
                                          {"rule"},
                                          {"client", Table::Kind::code},
                                          {"from", Table::Kind::code},
                                          {"author", Table::Kind::code},
                                          {"reply", Table::Kind::wide}});
  for (const std::string& line : records) {
    const json::object record = parsed(line);
    const json::object verdict = object_at(record, "verdict");
    table.row({time_cell(record), web::badge(text(verdict, "action")), html("{}", text(verdict, "rule")),
               html("{}", text(object_at(record, "client"), "ip")), html("{}", text(record, "sender")),
               html("{}", text(record, "header_from")), html("{}", text(record, "reply"))});
  }
  return table.html();
}

Html session_table(std::span<const std::string> records) {
  Table table("Connections without a message", {{"time"},
                                                {"ended"},
                                                {"rule"},
                                                {"client", Table::Kind::code},
                                                {"helo", Table::Kind::code},
                                                {"last command", Table::Kind::code},
                                                {"reply", Table::Kind::wide}});
  for (const std::string& line : records) {
    const json::object record = parsed(line);
    const json::object client = object_at(record, "client");
    table.row({time_cell(record), html("{}", text(record, "ended")),
               html("{}", text(object_at(record, "verdict"), "rule")), html("{}", text(client, "ip")),
               html("{}", text(client, "helo")), html("{}", text(record, "last_command")),
               html("{}", text(record, "reply"))});
  }
  return table.html();
}

}  // namespace

web::Response overview_page(const web::Request& request, std::span<const std::string> transactions,
                            std::span<const std::string> sessions) {
  Html body = transactions.empty() ? html("<p>Nothing has come in since the start.</p>")
                                   : transaction_table(transactions);
  if (!sessions.empty())
    body += web::section("sessions", "Connections without a message", session_table(sessions));
  return web::page(request,
                   {.title = "Latest transactions", .section = web::Section::overview, .body = body});
}

web::Response message_page(const web::Request& request, const std::string& record) {
  const json::object one = parsed(record);
  const json::object verdict = object_at(one, "verdict");
  const json::object client = object_at(one, "client");
  Html body = web::details({{"time", web::code(text(one, "time"))},
                            {"ended", web::code(text(one, "ended"))},
                            {"detail", web::code(text(one, "detail"))},
                            {"verdict", web::badge(text(verdict, "action"))},
                            {"rule", web::code(text(verdict, "rule"))},
                            {"reply", web::code(text(one, "reply"))},
                            {"client", web::code(text(client, "ip"))},
                            {"helo", web::code(text(client, "helo"))},
                            {"envelope sender", web::code(text(one, "sender"))},
                            {"author", web::code(text(one, "header_from"))},
                            {"subject", web::code(text(one, "subject"))},
                            {"held", web::code(text(one, "held"))}});
  body += table("Recipients", array_at(one, "recipients"), {"address", "fate", "verdict"});
  body += table("Evidence", array_at(one, "evidence"), {"method", "outcome", "property", "value", "reason"});
  body += table("Rules", array_at(one, "rules"), {"id", "held", "because"});
  body += table("DNS", array_at(one, "dns"), {"name", "type", "status", "data"});
  body += web::section("record", "Record", html("<pre>{}</pre>", record));
  return web::page(request, {.title = text(one, "id"), .section = web::Section::log, .body = body});
}

web::Response not_found_page(const web::Request& request) {
  return web::error_page(request, 404,
                         "No such transaction among the latest. The journal holds all of them.");
}

}  // namespace gateway::review
