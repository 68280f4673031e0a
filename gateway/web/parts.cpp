#include "gateway/web/parts.h"

#include <fmt/chrono.h>

#include <array>

#include "gateway/journal/local_time.h"

namespace gateway::web {
namespace {

std::string_view word(Table::Kind kind) {
  switch (kind) {
    case Table::Kind::code: return "code";
    case Table::Kind::number: return "number";
    case Table::Kind::wide: return "wide";
    case Table::Kind::text: break;
  }
  return "text";
}

std::string_view word(Tone tone) {
  switch (tone) {
    case Tone::good: return "good";
    case Tone::doubtful: return "doubtful";
    case Tone::bad: return "bad";
    case Tone::info: break;
  }
  return "info";
}

}  // namespace

Html badge(std::string_view verdict) {
  for (const std::string_view known : {"accept", "tag", "quarantine", "defer", "reject"})
    if (verdict == known) return web::html("<span class='badge {}'>{}</span>", known, known);
  return verdict.empty() ? Html() : web::html("<span class='badge'>{}</span>", verdict);
}

void Table::row(const std::vector<Html>& cells) {
  Html inside;
  for (std::size_t i = 0; i < columns_.size() && i < cells.size(); ++i)
    inside += web::html("<td class='{}' data-name='{}'>{}</td>", word(columns_[i].kind), columns_[i].name,
                        cells[i]);
  rows_ += web::html("<tr>{}</tr>", inside);
}

Html Table::html() const {
  Html head;
  for (const Column& column : columns_)
    head += web::html("<th scope='col' class='{}'>{}</th>", word(column.kind), column.name);
  return web::html(
      "<div "
      "class='table'><table><caption>{}</caption><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>\n",
      caption_, head, rows_);
}

Html details(const std::vector<std::pair<std::string_view, Html>>& list) {
  Html inside;
  for (const auto& [name, value] : list)
    if (!value.empty()) inside += html("<dt>{}</dt><dd>{}</dd>", name, value);
  return html("<dl class='details'>{}</dl>", inside);
}

Html notice(Tone tone, const Html& inside) {
  return html("<div class='notice {}' role='{}'>{}</div>", word(tone), tone == Tone::bad ? "alert" : "status",
              inside);
}

Html section(std::string_view id, std::string_view heading, const Html& inside) {
  return html("<section id='{}'><h2>{}</h2>{}</section>\n", id, heading, inside);
}

Html pager(const std::optional<Url>& newer, const std::optional<Url>& older, std::string_view what) {
  const Html before = newer ? html("<a rel='prev' href='{}'>← newer</a>", *newer) : Html();
  const Html after = older ? html("<a rel='next' href='{}'>older →</a>", *older) : Html();
  return html(
      "<nav class='pager' aria-label='More of the list'><span>{}</span><span>{}</span><span>{}</span></nav>",
      before, what, after);
}

Html moment(Time when) {
  return html("<time datetime='{}'>{}</time>", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", when),
              journal::local_time(when));
}

Html code(std::string_view text) { return text.empty() ? Html() : html("<code>{}</code>", text); }

}  // namespace gateway::web
