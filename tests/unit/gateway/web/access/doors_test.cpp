// Who comes in: by the door of this machine, and by that of a password file.
#include "gateway/web/access/doors.h"

#include <gtest/gtest.h>

#include <fstream>

#include "gateway/web/access/origin.h"
#include "gateway/web/access/password_file.h"
#include "gateway/web/answer.h"
#include "tests/support/temporary_directory.h"

namespace gateway::web::access {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

class Doors : public testing::Test {
 protected:
  Doors() {
    write("erika", Role::operate, "correct horse");
    routes_.page("/", Role::view,
                 [](const Request& request) { return Response::text(request.visitor.name); });
    routes_.page("/api/x", Role::view,
                 [](const Request& request) { return Response::json(request.visitor.name); });
    routes_.page("/token", Role::view,
                 [](const Request& request) { return Response::text(request.visitor.form_token); });
    routes_.vital("/metrics", Role::view, [](const Request&) { return Response::text("figures"); });
    routes_.action("/change", Role::operate, [](const Request&) { return Response::text("changed"); });
  }

  void write(const std::string& name, Role role, std::string_view password) {
    std::ofstream(file()) << name << ':' << web::name(role) << ':' << PasswordHash::of(password).text()
                          << '\n';
  }
  std::filesystem::path file() const { return directory_.path() / "passwords"; }

  void open_login() {
    auto door = LoginDoor::make(file(), {.names = {"postern.example.com"}, .local_paths = {"/metrics"}});
    door->add_pages(routes_);
    door_ = std::move(door);
  }
  void open_local() { door_ = local_door({.names = {"postern.example.com"}}); }

  Response ask(std::string method, std::string target, Headers headers = {}, std::string body = {}) {
    headers.emplace_back("Host", host_);
    if (!cookies_.empty()) headers.emplace_back("Cookie", cookies_);
    if (method == "POST") headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    Request request{.method = std::move(method),
                    .target = std::move(target),
                    .body = std::move(body),
                    .headers = std::move(headers),
                    .peer = *IpAddress::parse(peer_),
                    .secure = secure_};
    return answer(request, routes_, *door_, [] { return true; });
  }
  Response get(std::string target, Headers headers = {}) {
    return ask("GET", std::move(target), std::move(headers));
  }

  static std::string header(const Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers)
      if (key == name) return value;
    return {};
  }
  static std::string token(const Response& page) {
    const std::string_view mark = "name='form_token' value='";
    const std::size_t at = page.body.find(mark);
    return at == page.body.npos ? std::string() : page.body.substr(at + mark.size(), 64);
  }
  static std::string pair_of(const std::string& set_cookie) {
    return set_cookie.substr(0, set_cookie.find(';'));
  }

  Response log_in(const std::string& name, const std::string& password, const std::string& next = "") {
    const Response form = get("/login");
    cookies_ = pair_of(header(form, "Set-Cookie"));
    return ask("POST", "/login", {},
               "name=" + name + "&password=" + password + "&next=" + next + "&form_token=" + token(form));
  }

  support::TemporaryDirectory directory_;
  Routes routes_;
  std::unique_ptr<Doorkeeper> door_;
  std::string host_ = "127.0.0.1:8025";
  std::string peer_ = "198.51.100.7";
  std::string cookies_;
  bool secure_ = true;
};

TEST_F(Doors, local_asks_nobody_and_serves_no_other_name) {
  open_local();
  for (const char* const ours :
       {"127.0.0.1:8025", "localhost:1", "LOCALHOST", "[::1]:8025", "127.9.9.9", "postern.example.com"}) {
    host_ = ours;
    EXPECT_EQ(get("/").status, 200) << ours;
  }
  for (const char* const foreign :
       {"", "evil.example", "evil.example:8025", "localhost.evil.example", "192.0.2.1", "[::2]", "[::1",
        "127.0.0.1.evil.example", "localhost:@evil.example", "[::1]evil.example", "[::1]:1x", "::1"}) {
    host_ = foreign;
    EXPECT_EQ(get("/").status, 421) << foreign;
  }
}

TEST_F(Doors, local_takes_no_form_of_another_site) {
  open_local();
  EXPECT_EQ(ask("POST", "/change").status, 403) << "without a token";
  EXPECT_EQ(ask("POST", "/change", {{"Sec-Fetch-Site", "cross-site"}}).status, 403);
}

TEST_F(Doors, strangers_are_led_to_the_log_in_and_back) {
  open_login();
  const Response led = get("/?a=b");
  EXPECT_EQ(led.status, 303);
  EXPECT_EQ(header(led, "Location"), "/login?next=%2F%3Fa%3Db");
  const Response done = log_in("erika", "correct+horse", "%2F%3Fa%3Db");
  EXPECT_EQ(done.status, 303);
  EXPECT_EQ(header(done, "Location"), "/?a=b");
  const std::string set = header(done, "Set-Cookie");
  EXPECT_TRUE(set.starts_with("__Host-postern-session=")) << set;
  EXPECT_NE(set.find("; Path=/; HttpOnly; SameSite=Strict; Secure"), std::string::npos) << set;
  cookies_ = pair_of(set);
  EXPECT_EQ(get("/").body, "erika");
}

TEST_F(Doors, a_log_in_leads_to_no_other_site) {
  open_login();
  EXPECT_EQ(header(log_in("erika", "correct+horse", "%2F%2Fevil.example"), "Location"), "/");
  EXPECT_EQ(header(log_in("erika", "correct+horse", "https%3A%2F%2Fevil.example"), "Location"), "/");
}

TEST_F(Doors, in_clear_the_cookie_is_another) {
  open_login();
  secure_ = false;
  const std::string set = header(log_in("erika", "correct+horse"), "Set-Cookie");
  EXPECT_TRUE(set.starts_with("postern-session=")) << set;
  EXPECT_EQ(set.find("Secure"), std::string::npos);
  secure_ = true;
  cookies_ = pair_of(set);
  EXPECT_EQ(get("/").status, 303) << "one set by an unprotected page counts for none";
}

TEST_F(Doors, wrong_names_and_passwords_look_alike) {
  open_login();
  const Response wrong = log_in("erika", "correct+hors");
  const Response unknown = log_in("max", "correct+horse");
  EXPECT_EQ(wrong.status, 403);
  EXPECT_EQ(unknown.status, 403);
  EXPECT_NE(wrong.body.find("The name or the password is wrong."), std::string::npos);
  EXPECT_NE(unknown.body.find("The name or the password is wrong."), std::string::npos);
  EXPECT_EQ(wrong.body.find("hors"), std::string::npos) << "it is not sent back";
}

TEST_F(Doors, a_log_in_takes_a_form_of_ours) {
  open_login();
  EXPECT_EQ(ask("POST", "/login", {}, "name=erika&password=correct+horse").status, 403);
  const std::string foreign = token(get("/login"));
  cookies_ = pair_of(header(get("/login"), "Set-Cookie"));
  EXPECT_EQ(ask("POST", "/login", {}, "name=erika&password=correct+horse&form_token=" + foreign).status, 403)
      << "a token goes with its cookie";
}

TEST_F(Doors, a_session_ends_with_log_out) {
  open_login();
  cookies_ = pair_of(header(log_in("erika", "correct+horse"), "Set-Cookie"));
  EXPECT_EQ(ask("POST", "/logout", {}, "form_token=x").status, 403) << "nobody else logs us out";
  const std::string right = "form_token=" + get("/token").body;
  EXPECT_EQ(ask("POST", "/change", {}, right).body, "changed");
  const Response out = ask("POST", "/logout", {}, right);
  EXPECT_EQ(header(out, "Location"), "/login");
  EXPECT_NE(header(out, "Set-Cookie").find("Max-Age=0"), std::string::npos);
  EXPECT_EQ(get("/token").status, 303) << "whoever has kept the cookie";
}

TEST_F(Doors, a_role_is_that_of_the_file) {
  write("erika", Role::view, "correct horse");
  open_login();
  cookies_ = pair_of(header(log_in("erika", "correct+horse"), "Set-Cookie"));
  EXPECT_EQ(ask("POST", "/change", {}, "form_token=" + get("/token").body).status, 403);
}

TEST_F(Doors, too_many_attempts_have_to_wait) {
  open_login();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(log_in("erika", "wrong").status, 403);
  peer_ = "203.0.113.9";
  const Response waits = log_in("erika", "correct+horse");
  EXPECT_EQ(waits.status, 429) << "the name, whoever asks";
  EXPECT_FALSE(header(waits, "Retry-After").empty());
  EXPECT_EQ(get("/api/x", {{"Authorization", "Basic ZXJpa2E6Y29ycmVjdCBob3JzZQ=="}}).status, 429);
}

TEST_F(Doors, programs_come_by_basic_and_only_where_they_belong) {
  open_login();
  const Headers right{{"Authorization", "Basic ZXJpa2E6Y29ycmVjdCBob3JzZQ=="}};
  EXPECT_EQ(get("/api/x", right).body, "erika");
  EXPECT_EQ(get("/api/x", right).body, "erika") << "and again, without another scrypt";
  EXPECT_EQ(get("/metrics", right).body, "figures");
  EXPECT_EQ(get("/", right).status, 303) << "pages are for people";
  const Response wrong = get("/api/x", {{"Authorization", "Basic ZXJpa2E6eA=="}});
  EXPECT_EQ(wrong.status, 401);
  EXPECT_TRUE(header(wrong, "WWW-Authenticate").starts_with("Basic"));
  EXPECT_EQ(get("/api/x").status, 401);
}

TEST_F(Doors, figures_are_open_to_programs_of_this_machine) {
  open_login();
  EXPECT_EQ(get("/metrics").status, 401);
  peer_ = "127.0.0.1";
  EXPECT_EQ(get("/metrics").body, "figures");
  EXPECT_EQ(get("/metrics", {{"X-Forwarded-For", "198.51.100.7"}}).status, 401)
      << "a proxy is not its clients";
  host_ = "evil.example";
  EXPECT_EQ(get("/metrics").status, 401) << "nor a page of another site";
}

TEST_F(Doors, a_link_of_another_site_is_asked_for_again_by_a_page_of_ours) {
  open_login();
  const Response again = get("/", {{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Mode", "navigate"}});
  EXPECT_EQ(again.status, 200);
  EXPECT_NE(again.body.find("http-equiv='refresh' content='0'"), std::string::npos);
}

TEST(Origin, is_what_browsers_say) {
  const auto asked = [](Headers headers) {
    headers.emplace_back("Host", "postern.example.com:8025");
    return is_cross_site({.headers = std::move(headers)});
  };
  EXPECT_FALSE(asked({}));
  EXPECT_FALSE(asked({{"Origin", "https://postern.example.com:8025"}}));
  EXPECT_FALSE(asked({{"Origin", "null"}}));
  EXPECT_FALSE(asked({{"Sec-Fetch-Site", "same-origin"}, {"Origin", "null"}}));
  EXPECT_TRUE(asked({{"Origin", "https://evil.example"}}));
  EXPECT_TRUE(asked({{"Origin", "https://postern.example.com"}})) << "another port is another site";
  EXPECT_TRUE(asked({{"Origin", "nonsense"}}));
  for (const char* const site : {"cross-site", "same-site"})
    EXPECT_TRUE(asked({{"Sec-Fetch-Site", site}})) << site;
}

}  // namespace
}  // namespace gateway::web::access
