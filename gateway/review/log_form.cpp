#include "gateway/review/log_form.h"

#include <algorithm>
#include <array>

#include "gateway/review/log_columns.h"
#include "gateway/web/parts.h"

namespace gateway::review {
namespace {

using web::html;
using web::Html;

struct Field {
  std::string_view name;
  std::string_view label;
  std::string_view hint;
};

constexpr std::array kFields{Field{"since", "Since", "2h, 7d, today, 2026-11-25"},
                             Field{"until", "Until", "now"},
                             Field{"sender", "Sender", "address, domain or <>"},
                             Field{"rcpt", "Recipient", "address or domain"},
                             Field{"address", "Anyone", "sender, author or recipient"},
                             Field{"domain", "Domain", "and what is below it"},
                             Field{"ip", "Client", "192.0.2.7 or 192.0.2.0/24"},
                             Field{"rule", "Rule", "decided, tagged or scored"},
                             Field{"decided", "Decided by", "rule"},
                             Field{"trial", "On trial", "rule"},
                             Field{"list", "DNS list", "id"},
                             Field{"reply", "Reply", "550, 5xx, 5.7.26"},
                             Field{"message-id", "Message-ID", ""},
                             Field{"subject", "Subject", "words; invo* begins one"},
                             Field{"text", "Text", "words of anything"}};
constexpr std::array<std::string_view, 6> kVerdicts{"accept", "tag", "quarantine", "defer", "reject", "open"};

// The words of that name; each as it was typed.
std::vector<std::string_view> values(const LogRequest& request, std::string_view name) {
  std::vector<std::string_view> all;
  for (const SearchWord& word : request.words)
    if (word.name == name) all.push_back(word.value);
  return all;
}

Html hidden(std::string_view name, std::string_view value) {
  return html("<input type='hidden' name='{}' value='{}'>", name, value);
}

Html hidden_columns(const LogRequest& request) {
  Html all;
  for (const std::string& column : request.columns) all += hidden("column", column);
  return all;
}

Html checkbox(std::string_view name, std::string_view value, std::string_view label, bool checked) {
  return checked
             ? html("<label class='check'><input type='checkbox' name='{}' value='{}' checked> {}</label>",
                    name, value, label)
             : html("<label class='check'><input type='checkbox' name='{}' value='{}'> {}</label>", name,
                    value, label);
}

SearchWords without(const SearchWords& words, std::size_t which) {
  SearchWords rest = words;
  rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(which));
  return rest;
}

}  // namespace

Html search_box(std::string_view typed, std::string_view wrong, const LogRequest& request) {
  const Html complaint =
      wrong.empty() ? Html() : html("<p id='search-wrong' class='wrong' role='alert'>{}</p>", wrong);
  const Html input =
      wrong.empty()
          ? html(
                "<input type='search' id='search' name='q' value='{}' placeholder='{}' autocomplete='off' "
                "spellcheck='false' autocapitalize='none'>",
                typed, "sender:shop.example verdict:reject since:2h")
          : html(
                "<input type='search' id='search' name='q' value='{}' aria-invalid='true' "
                "aria-describedby='search-wrong' autocomplete='off' spellcheck='false' "
                "autocapitalize='none'>",
                typed);
  return html(
      "<form class='search' action='{}' role='search'><label for='search'>Search</label>{}"
      "<button class='primary'>Search</button>{}</form>{}",
      web::Url("/log"), input, hidden_columns(request), complaint);
}

Html search_fields(const LogRequest& request) {
  Html fields;
  for (const Field& field : kFields) {
    const auto all = values(request, field.name);
    fields +=
        html("<label class='field'><span>{}</span><input name='{}' value='{}' placeholder='{}'></label>",
             field.label, field.name, all.empty() ? std::string_view() : all.front(), field.hint);
    for (std::size_t i = 1; i < all.size(); ++i) fields += hidden(field.name, all[i]);
  }
  Html boxes;
  const auto verdicts = values(request, "verdict");
  for (const std::string_view one : kVerdicts)
    boxes += checkbox("verdict", one, one, std::ranges::find(verdicts, one) != verdicts.end());
  const Html sessions =
      checkbox("sessions", "yes", "connections without a message instead", request.query.sessions);
  const Html audit =
      checkbox("audit", "yes", "what people did to held messages instead", request.query.notes);
  Html kept;
  for (const std::string_view name : {"outcome", "ended", "id"})
    for (const std::string_view value : values(request, name)) kept += hidden(name, value);
  return html(
      "<details class='fold'><summary>Search by fields</summary><form action='{}'>{}"
      "<fieldset><legend>Verdict</legend>{}</fieldset><p>{}{}</p>{}{}<button>Search</button></form></"
      "details>",
      web::Url("/log"), fields, boxes, sessions, audit, kept, hidden_columns(request));
}

Html narrowed_by(const LogRequest& request) {
  if (request.words.empty()) return {};
  Html items;
  for (std::size_t i = 0; i < request.words.size(); ++i) {
    const std::string word = typed(request.words[i]);
    items += html("<li><span>{}</span><a href='{}' aria-label='{}'>×</a></li>", word,
                  search_url("/log", without(request.words, i), request.columns), "search without " + word);
  }
  return html("<ul class='chips' aria-label='Narrowed down by'>{}</ul>", items);
}

Html column_choice(const LogRequest& request) {
  const auto shown = request.shown();
  Html boxes;
  for (const LogColumn& column : log_columns())
    if (column.is_of(kind_of(request.query)))
      boxes +=
          checkbox("column", column.name, column.title, std::ranges::find(shown, &column) != shown.end());
  return html(
      "<details class='fold'><summary>Columns</summary><form "
      "action='{}'>{}<fieldset><legend>Columns</legend>{}</fieldset>"
      "<button>Show these</button></form></details>",
      web::Url("/log"), hidden("q", typed(request.words)), boxes);
}

}  // namespace gateway::review
