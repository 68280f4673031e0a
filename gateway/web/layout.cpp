#include "gateway/web/layout.h"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "gateway/web/assets.h"
#include "gateway/web/forms.h"

namespace gateway::web {
namespace {

struct Entry {
  Section section;
  Path path;
  std::string_view word;
};
constexpr Entry kNavigation[] = {{Section::overview, "/", "Overview"},
                                 {Section::log, "/log", "Log"},
                                 {Section::quarantine, "/quarantine", "Quarantine"},
                                 {Section::policy, "/policy", "Policy"}};

Html navigation(Section here) {
  Html items;
  for (const Entry& entry : kNavigation) {
    const Url url(entry.path);
    items += entry.section == here ? html("<li><a href='{}' aria-current='page'>{}</a></li>", url, entry.word)
                                   : html("<li><a href='{}'>{}</a></li>", url, entry.word);
  }
  return html("<nav aria-label='Pages'><ul>{}</ul></nav>", items);
}

Html who(const Request& request) {
  const Visitor& visitor = request.visitor;
  if (visitor.name.empty()) return {};
  Html out =
      html("<span class='who'>{} <span class='role'>{}</span></span>", visitor.name, name(visitor.role));
  if (visitor.can_log_out)
    out += post_form(request, Url("/logout"), html("<button class='quiet'>Log out</button>"));
  return out;
}

std::string_view title_of(int status) {
  switch (status) {
    case 400: return "Not understood";
    case 401: return "Log in first";
    case 403: return "Not allowed";
    case 404: return "Not found";
    case 405: return "Not understood";
    case 413: return "Too large";
    case 421: return "Wrong address";
    case 429: return "Too many attempts";
    case 503: return "Busy";
    default: return "Something went wrong";
  }
}

}  // namespace

Response page(const Request& request, Page page) {
  const Html refresh =
      page.refresh_after ? html("<meta http-equiv='refresh' content='{}'>", *page.refresh_after) : Html();
  const bool known = request.visitor.role != Role::none;
  const Html head = html(
      "<head><meta charset='utf-8'><meta name='viewport' content='width=device-width, initial-scale=1'>"
      "<meta name='color-scheme' content='light dark'>{}<title>{} · Postern</title>"
      "<link rel='icon' href='{}'><link rel='stylesheet' href='{}'><script src='{}' defer></script></head>",
      refresh, page.title, asset_url("postern.svg"), asset_url("postern.css"), asset_url("postern.js"));
  const Html heading = page.heading.empty() ? html("{}", page.title) : page.heading;
  return Response::html(
      html(
          "<!doctype html>\n<html lang='en'>{}<body><a class='skip' href='{}'>Skip to the content</a>"
          "<header class='top'><a class='brand' href='{}'>Postern</a>{}<div class='visitor'>{}</div></header>"
          "<main id='content' tabindex='-1'><h1>{}</h1>\n{}</main></body></html>\n",
          head, Url::fragment("content"), Url("/"), known ? navigation(page.section) : Html(), who(request),
          heading, page.body),
      page.status);
}

Response error_page(const Request& request, int status, std::string_view sentence) {
  if (request.wants_json())
    return Response::json(
        boost::json::serialize(boost::json::object{{"error", printable(sentence, 2000)}}) + "\n", status);
  return page(request, {.title = std::string(title_of(status)),
                        .body = html("<p class='lead'>{}</p>", sentence),
                        .status = status});
}

}  // namespace gateway::web
