#include "gateway/web/answer.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "gateway/journal/log_words.h"
#include "gateway/web/forms.h"
#include "gateway/web/layout.h"
#include "policy/diagnostic.h"

namespace gateway::web {
namespace {

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

bool is_of(const Request& request, std::string_view wanted) {
  const std::string_view type = request.header("Content-Type");
  return equal_nocase(trim(type.substr(0, type.find(';'))), wanted);
}

bool is_json(const Request& request) { return request.wants_json() && is_of(request, "application/json"); }

// What was posted, as fields; nothing when it is broken.
std::optional<Fields> posted(const Request& request) {
  if (request.method != "POST") return Fields();
  if (is_json(request)) return Fields::parse_json(request.body);
  return is_of(request, "application/x-www-form-urlencoded") ? Fields::parse(request.body) : Fields();
}

// Whether the visitor's own form, or program, sent this.  A password that came with the request may have been
// added by the browser, for a form of somebody else; but no form can send JSON, and a script of somebody else
// only where the server agrees, which this one does not (Fetch Standard, CORS preflight).
bool is_meant(const Request& request) {
  if (is_json(request)) return true;
  if (request.visitor.by_password) return false;
  const std::string_view token =
      request.form.has(kFormToken) ? request.form.get(kFormToken) : request.header("X-Form-Token");
  return !request.visitor.form_token.empty() && same_secret(token, request.visitor.form_token);
}

// The query's first field that the route does not know.
std::optional<std::string> unknown_field(const Route& route, const Fields& query) {
  if (!route.fields) return std::nullopt;
  for (const auto& [name, value] : query.pairs()) {
    if (std::ranges::find(*route.fields, name) != route.fields->end()) continue;
    return fmt::format("'{}' cannot be asked here: expected {}{}", printable(name, 60),
                       fmt::join(*route.fields, ", "), policy::did_you_mean(name, *route.fields));
  }
  return std::nullopt;
}

Response not_there(const Request& request, const std::string& methods) {
  if (methods.empty()) return error_page(request, 404, "There is no such page.");
  return error_page(request, 405, "This address does not take such a request.").with("Allow", methods);
}

}  // namespace

std::size_t most_octets(const Request& request, const Routes& routes) {
  const auto path = path_segments(path_of(request.target));
  const Routes::Found found = path ? routes.find(request.method, *path) : Routes::Found();
  return found.route ? found.route->most_octets : 0;
}

Response answer(Request& request, const Routes& routes, Doorkeeper& doorkeeper, const Turn& turn) {
  const std::string_view raw = path_of(request.target);
  const auto path = path_segments(raw);
  auto query =
      Fields::parse(std::string_view(request.target).substr(std::min(raw.size() + 1, request.target.size())));
  request.path = percent_decoded(raw).value_or(std::string());
  auto form = posted(request);
  if (!path || !query || !form) return error_page(request, 400, "The address or the form is broken.");
  request.query = std::move(*query);
  request.form = std::move(*form);
  Routes::Found found = routes.find(request.method, *path);
  request.parameters = std::move(found.parameters);
  // A password takes time to look at, too.
  const bool quick = found.route && found.route->vital && request.header("Authorization").empty();
  if (!quick && !turn())
    return error_page(request, 503, "All threads of the pages are at work. Try again in some seconds.")
        .with("Retry-After", "5");
  auto admitted = doorkeeper.admit(request);
  if (auto* refused = std::get_if<Response>(&admitted)) return std::move(*refused);
  request.visitor = std::move(std::get<Visitor>(admitted));
  const Role needed =
      found.route ? found.route->role : Role::view;  // strangers do not learn which pages there are
  if (!request.may(needed)) {
    if (request.visitor.role == Role::none) return doorkeeper.unknown(request);
    return error_page(request, 403, "Your role does not allow this: it takes the role operate.");
  }
  if (!found.route) return not_there(request, found.methods);
  if (request.method == "POST" && !is_meant(request))
    return error_page(
        request, 403,
        request.wants_json()
            ? "Send what is to be done as JSON, with Content-Type: application/json."
            : "This form is out of date, or another site sent it. Open the page again and repeat it.");
  if (const auto unknown = unknown_field(*found.route, request.query))
    return error_page(request, 400, *unknown);
  try {
    return found.route->handler(request);
  } catch (const std::exception& failed) {
    journal::LogWords line;
    line.word("event=review_failed path=", {request.path}).quoted(" why=", failed.what());
    spdlog::error("{}", line.view());
    return error_page(request, 500,
                      "This page could not be made. The log of the gateway says why (event=review_failed).");
  }
}

}  // namespace gateway::web
