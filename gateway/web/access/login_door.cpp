#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "gateway/journal/log_words.h"
#include "gateway/sha256_hex.h"
#include "gateway/web/access/attempts.h"
#include "gateway/web/access/basic.h"
#include "gateway/web/access/doors.h"
#include "gateway/web/access/keeper.h"
#include "gateway/web/access/origin.h"
#include "gateway/web/forms.h"
#include "gateway/web/layout.h"
#include "gateway/web/parts.h"

namespace gateway::web::access {
namespace {

using Clock = std::chrono::steady_clock;

// The prefix __Host- has a browser refuse one that another host or an unprotected page has set.  RFC 6265bis
// §4.1.3
std::string cookie_name(const Request& request, std::string_view word) {
  return fmt::format("{}postern-{}", request.secure ? "__Host-" : "", word);
}

constexpr std::string_view kSession = "session";
constexpr std::string_view kVisit = "visit";  // of somebody who is not logged in yet

std::string set_cookie(const Request& request, std::string_view word, std::string_view value) {
  return fmt::format("{}={}; Path=/; HttpOnly; SameSite=Strict{}{}", cookie_name(request, word), value,
                     request.secure ? "; Secure" : "", value.empty() ? "; Max-Age=0" : "");
}

std::string_view cookie_of(const Request& request, std::string_view word) {
  return cookie(request.header("Cookie"), cookie_name(request, word)).value_or(std::string_view());
}

class Door final : public LoginDoor {
 public:
  Door(std::filesystem::path password_file, DoorSettings settings)
      : settings_(std::move(settings)), keeper_(std::move(password_file)) {
    PasswordHash::of_nobody();  // now, and not with the first name that is not there
  }

  std::variant<Visitor, Response> admit(const Request& request) override {
    if (request.method == "POST" && is_cross_site(request)) {
      log_refusal("cross_site", request);
      return error_page(request, 403, "Another site has sent this.");
    }
    if (auto visitor = by_session(request)) return std::move(*visitor);
    if (takes_basic(request))
      if (const auto given = basic_credentials(request.header("Authorization")))
        return by_password(request, *given);
    if (is_local(request)) return Visitor{.role = Role::view};
    // The token of the log-in form hangs on a cookie, or another site could log our user in under a name of
    // its own.
    const std::string_view visit = cookie_of(request, kVisit);
    return Visitor{.form_token = visit.empty() ? std::string() : token_of(visit)};
  }

  Response unknown(const Request& request) override {
    if (takes_basic(request))
      return error_page(request, 401, "Log in, or send a name and password by HTTP Basic.")
          .with("WWW-Authenticate", "Basic realm=\"Postern\", charset=\"UTF-8\"");
    if (request.method != "GET" && request.method != "HEAD") return Response::redirect(Url("/login"));
    // A link of another site comes without the cookie, as that is strict; asked for by a page of ours, with
    // it.
    if (request.header("Sec-Fetch-Site") == "cross-site" && request.header("Sec-Fetch-Mode") == "navigate")
      return page(
          request,
          {.title = "One moment", .body = html("<p>The page opens at once.</p>"), .refresh_after = 0});
    return Response::redirect(request.target == "/" ? Url("/login")
                                                    : Url("/login").with("next", request.target));
  }

  void add_pages(Routes& routes) override {
    routes.page("/login", Role::none, [this](const Request& request) { return login_page(request); });
    routes.action("/login", Role::none, [this](const Request& request) { return log_in(request); });
    routes.action("/logout", Role::view, [this](const Request& request) { return log_out(request); });
  }

 private:
  struct Checked {
    std::optional<Account> account;             // it was right
    std::optional<std::chrono::seconds> later;  // nothing was looked at: there were too many attempts
  };

  // Takes as long whether there is such a name or not.
  Checked check(const Request& request, std::string_view name, std::string_view password) {
    const Clock::time_point now = Clock::now();
    const std::string network = client_network(request.peer).text();
    const std::string shown(name.substr(0, 100));
    if (const auto later = by_network_.count(network, now)) return limited(request, shown, "network", *later);
    if (const auto later = by_name_.count(shown, now)) {
      by_network_.forgive(network);
      return limited(request, shown, "name", *later);
    }
    const auto accounts = keeper_.now();
    const auto found = accounts->find(name);
    const bool known = found != accounts->end();
    const bool right = (known ? found->second.password : PasswordHash::of_nobody()).opens(password);
    if (!known || !right) {
      log("login_failed", request, shown, "password");
      return {};
    }
    by_network_.forgive(network);
    by_name_.forgive(shown);
    return {.account = found->second};
  }

  Checked limited(const Request& request, std::string_view name, std::string_view which,
                  std::chrono::seconds later) {
    log("login_failed", request, name, fmt::format("too_many_of_{}", which));
    return {.later = later};
  }

  std::optional<Visitor> by_session(const Request& request) {
    const std::string_view secret = cookie_of(request, kSession);
    const auto session = secret.empty() ? std::nullopt : sessions_.find(secret, Clock::now());
    if (!session) return std::nullopt;
    const auto accounts = keeper_.now();
    const auto found = accounts->find(session->name);
    if (found == accounts->end() || found->second.password.text() != session->password) {
      sessions_.end(secret);
      return std::nullopt;
    }
    return Visitor{.name = session->name,
                   .role = found->second.role,
                   .form_token = session->form_token,
                   .can_log_out = true};
  }

  // Programs send their password with each request; what was right a moment ago is not hashed again.
  std::variant<Visitor, Response> by_password(const Request& request, const Credentials& given) {
    const auto visitor = [&](Role role) {
      return Visitor{.name = given.name, .role = role, .by_password = true};
    };
    const auto accounts = keeper_.now();
    const auto found = accounts->find(given.name);
    const std::string key =
        found == accounts->end() ? std::string() : proven_.key(given, found->second.password.text());
    if (!key.empty() && proven_.has(key, Clock::now())) return visitor(found->second.role);
    const Checked checked = check(request, given.name, given.password);
    if (checked.later) return too_many(request, *checked.later);
    if (!checked.account) return unknown(request);
    proven_.add(proven_.key(given, checked.account->password.text()), Clock::now());
    return visitor(checked.account->role);
  }

  bool is_one_of_the_local(const Request& request) const {
    return std::ranges::find(settings_.local_paths, request.path) != settings_.local_paths.end();
  }
  bool takes_basic(const Request& request) const {
    return request.wants_json() || is_one_of_the_local(request);
  }

  // A program of this machine, and not a proxy of this machine, or a page that a browser of it shows.
  bool is_local(const Request& request) const {
    return is_one_of_the_local(request) && request.peer.is_loopback() &&
           request.header("X-Forwarded-For").empty() && request.header("Forwarded").empty() &&
           request.header("Via").empty() && names_us(request.header("Host"), settings_.names);
  }

  std::string token_of(std::string_view visit) const { return sha256_hex(visit_key_ + std::string(visit)); }

  static Url next_of(std::string_view text) {
    const auto next = Url::local(text);
    return next && !next->text().starts_with("/login") && !next->text().starts_with("/logout") ? *next
                                                                                               : Url("/");
  }

  Response login_form(Request request, std::string_view next, const Html& complaint, int status) {
    std::string visit(cookie_of(request, kVisit));
    if (visit.size() != 64) visit = random_hex(32);
    request.visitor.form_token = token_of(visit);
    const Html fields =
        hidden("next", next) +
        html(
            "<label class='field' for='name'><span>Name</span><input id='name' name='name' "
            "autocomplete='username' "
            "autocapitalize='none' spellcheck='false' required autofocus></label>"
            "<label class='field' for='password'><span>Password</span><input id='password' name='password' "
            "type='password' autocomplete='current-password' required></label>") +
        button("Log in", Button::primary);
    return page(request, {.title = "Log in",
                          .body = html("<div class='login'>{}{}</div>", complaint,
                                       post_form(request, Url("/login"), fields)),
                          .status = status})
        .with("Set-Cookie", set_cookie(request, kVisit, visit));
  }

  Response login_page(const Request& request) {
    const std::string_view next = request.query.get("next");
    if (request.visitor.role != Role::none) return Response::redirect(next_of(next));
    return login_form(request, next, {}, 200);
  }

  Response log_in(const Request& request) {
    const std::string name(request.form.get("name"));
    const std::string_view next = request.form.get("next");
    const Checked checked = check(request, name, request.form.get("password"));
    if (checked.later)
      return login_form(request, next, notice(Tone::bad, html("<p>{}</p>", wait_text(*checked.later))), 429)
          .with("Retry-After", std::to_string(checked.later->count()));
    if (!checked.account)
      return login_form(request, next, notice(Tone::bad, html("<p>The name or the password is wrong.</p>")),
                        403);
    log("login", request, name, web::name(checked.account->role));
    const std::string secret = sessions_.begin(name, checked.account->password.text(), Clock::now());
    return Response::redirect(next_of(next))
        .with("Set-Cookie", set_cookie(request, kSession, secret))
        .with("Set-Cookie", set_cookie(request, kVisit, {}));
  }

  Response log_out(const Request& request) {
    sessions_.end(cookie_of(request, kSession));
    log("logout", request, request.visitor.name, {});
    return Response::redirect(Url("/login")).with("Set-Cookie", set_cookie(request, kSession, {}));
  }

  static std::string wait_text(std::chrono::seconds later) {
    return fmt::format("There were too many attempts. Try again in {} minutes.", later.count() / 60 + 1);
  }
  static Response too_many(const Request& request, std::chrono::seconds later) {
    return error_page(request, 429, wait_text(later)).with("Retry-After", std::to_string(later.count()));
  }

  static void log(std::string_view event, const Request& request, std::string_view name,
                  std::string_view more) {
    journal::LogWords line;
    line.word("event=", {event}).quoted(" name=", name).word(" client=", {request.peer.text()});
    if (!more.empty()) line.word(event == "login" ? " role=" : " why=", {more});
    spdlog::log(event == "login_failed" ? spdlog::level::warn : spdlog::level::info, "{}", line.view());
  }

  const DoorSettings settings_;
  const std::string visit_key_ = random_hex(32);
  Keeper keeper_;
  Sessions sessions_;
  Attempts by_network_{{.most = 20}};
  Attempts by_name_;
  Proven proven_;
};

}  // namespace

std::unique_ptr<LoginDoor> LoginDoor::make(std::filesystem::path password_file, DoorSettings settings) {
  return std::make_unique<Door>(std::move(password_file), std::move(settings));
}

}  // namespace gateway::web::access
