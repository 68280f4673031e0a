#include "gateway/review/pages.h"

#include <fmt/format.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace gateway::review {
namespace {

namespace json = boost::json;

constexpr std::string_view kStyle =
    "body{font:15px/1.5 "
    "system-ui,sans-serif;margin:2rem;max-width:75rem}table{border-collapse:collapse;width:100%}"
    "td,th{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #ddd;vertical-align:top}"
    "code,pre{font:13px/1.45 ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere}"
    ".reject{color:#a00}.defer{color:#960}.quarantine{color:#06a}.accept{color:#070}";

std::string page(std::string_view title, std::string_view body) {
  return fmt::format(
      "<!doctype html><html lang=\"en\"><head><meta "
      "charset=\"utf-8\"><title>{}</title><style>{}</style></head>"
      "<body>{}</body></html>\n",
      escape_html(title), kStyle, body);
}

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

// The verdict's word is one of ours and safe as a class.
std::string action_cell(const std::string& action) {
  const bool known = action == "accept" || action == "reject" || action == "defer" || action == "quarantine";
  return fmt::format("<td class=\"{}\">{}</td>", known ? action : "", escape_html(action));
}

// A table of some members of each object in an array.
std::string table(std::string_view title, const json::array& rows,
                  std::initializer_list<std::string_view> keys) {
  if (rows.empty()) return {};
  std::string html = fmt::format("<h2>{}</h2><table><tr>", escape_html(title));
  for (const std::string_view key : keys) html += fmt::format("<th>{}</th>", escape_html(key));
  html += "</tr>";
  for (const json::value& row : rows) {
    if (!row.is_object()) continue;
    html += "<tr>";
    for (const std::string_view key : keys)
      html += fmt::format("<td><code>{}</code></td>", escape_html(text(row.get_object(), key)));
    html += "</tr>";
  }
  return html + "</table>";
}

std::string time_cell(const json::object& record) {
  return fmt::format("<td><a href=\"/message/{}\">{}</a></td>", escape_html(text(record, "id")),
                     escape_html(text(record, "time")));
}

std::string cell(const std::string& value) { return fmt::format("<td>{}</td>", escape_html(value)); }

std::string transaction_row(const json::object& record) {
  const json::object verdict = object_at(record, "verdict");
  return "<tr>" + time_cell(record) + action_cell(text(verdict, "action")) + cell(text(verdict, "rule")) +
         cell(text(object_at(record, "client"), "ip")) + cell(text(record, "sender")) +
         cell(text(record, "header_from")) + cell(text(record, "reply")) + "</tr>";
}

std::string session_row(const json::object& record) {
  const json::object client = object_at(record, "client");
  return "<tr>" + time_cell(record) + cell(text(record, "ended")) +
         cell(text(object_at(record, "verdict"), "rule")) + cell(text(client, "ip")) +
         cell(text(client, "helo")) + cell(text(record, "last_command")) + cell(text(record, "reply")) +
         "</tr>";
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string safe;
  safe.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&': safe += "&amp;"; break;
      case '<': safe += "&lt;"; break;
      case '>': safe += "&gt;"; break;
      case '"': safe += "&quot;"; break;
      case '\'': safe += "&#39;"; break;
      default: safe += c;
    }
  }
  return safe;
}

std::string overview_page(std::span<const std::string> transactions, std::span<const std::string> sessions) {
  std::string body = "<h1>Postern: latest transactions</h1>";
  if (transactions.empty()) body += "<p>Nothing has come in since the start.</p>";
  if (!transactions.empty()) {
    body +=
        "<table><tr><th>time</th><th>verdict</th><th>rule</th><th>client</th><th>from</th><th>author</"
        "th><th>reply</th></tr>";
    for (const std::string& record : transactions) body += transaction_row(parsed(record));
    body += "</table>";
  }
  if (!sessions.empty()) {
    body +=
        "<h2>Connections without a message</h2><table><tr><th>time</th><th>ended</th><th>rule</th>"
        "<th>client</th><th>helo</th><th>last command</th><th>reply</th></tr>";
    for (const std::string& record : sessions) body += session_row(parsed(record));
    body += "</table>";
  }
  return page("Postern", body);
}

std::string message_page(const std::string& record) {
  const json::object one = parsed(record);
  const json::object verdict = object_at(one, "verdict");
  std::string body =
      fmt::format("<p><a href=\"/\">all</a></p><h1>{}</h1><table>", escape_html(text(one, "id")));
  const auto row = [&](std::string_view key, const std::string& value) {
    if (!value.empty())
      body += fmt::format("<tr><th>{}</th><td><code>{}</code></td></tr>", key, escape_html(value));
  };
  row("time", text(one, "time"));
  row("ended", text(one, "ended"));
  row("detail", text(one, "detail"));
  row("verdict", text(verdict, "action"));
  row("rule", text(verdict, "rule"));
  row("reply", text(one, "reply"));
  row("client", text(object_at(one, "client"), "ip"));
  row("helo", text(object_at(one, "client"), "helo"));
  row("envelope sender", text(one, "sender"));
  row("author", text(one, "header_from"));
  row("subject", text(one, "subject"));
  row("held", text(one, "held"));
  body += "</table>";
  body += table("Recipients", array_at(one, "recipients"), {"address", "fate", "verdict"});
  body += table("Evidence", array_at(one, "evidence"), {"method", "outcome", "property", "value", "reason"});
  body += table("Rules", array_at(one, "rules"), {"id", "held", "because"});
  body += table("DNS", array_at(one, "dns"), {"name", "type", "status", "data"});
  body += fmt::format("<h2>Record</h2><pre>{}</pre>", escape_html(record));
  return page("Postern: " + text(one, "id"), body);
}

std::string not_found_page() {
  return page("Postern: not found",
              "<p>No such transaction among the latest. The journal holds all of them.</p><p><a "
              "href=\"/\">all</a></p>");
}

}  // namespace gateway::review
