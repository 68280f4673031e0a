// From a request to its answer: routes, roles, form tokens.
#include "gateway/web/answer.h"

#include <gtest/gtest.h>

#include "gateway/web/assets.h"
#include "gateway/web/layout.h"

namespace gateway::web {
namespace {

class Door final : public Doorkeeper {
 public:
  Visitor visitor;
  std::variant<Visitor, Response> admit(const Request&) override { return visitor; }
  Response unknown(const Request&) override { return Response::text("who are you", 401); }
};

class Answer : public testing::Test {
 protected:
  Answer() {
    door_.visitor = {.name = "erika", .role = Role::operate, .form_token = "secret"};
    routes_.page("/", Role::view, [](const Request&) { return Response::text("home"); });
    routes_.page("/message/{id}", Role::view,
                 [](const Request& request) { return Response::text(std::string(request.parameter("id"))); });
    routes_.page("/message/latest", Role::view, [](const Request&) { return Response::text("never"); });
    routes_.page("/fails", Role::view,
                 [](const Request&) -> Response { throw std::runtime_error("<b>disk</b>"); });
    routes_.vital("/healthz", Role::none, [](const Request&) { return Response::text("ok"); });
    routes_.action("/release", Role::operate, [](const Request& request) {
      return Response::text(std::string(request.form.get("id")));
    });
    routes_.action("/api/release", Role::operate, [](const Request& request) {
      std::string ids;
      for (const std::string_view id : request.form.all("id")) ids.append(id).append(" ");
      return Response::json(ids);
    });
  }

  Response get(std::string target, std::string method = "GET") {
    Request request{.method = std::move(method), .target = std::move(target)};
    return answer(request, routes_, door_, [this] { return room_; });
  }
  Response post(std::string target, std::string body,
                std::string type = "application/x-www-form-urlencoded") {
    Request request{.method = "POST",
                    .target = std::move(target),
                    .body = std::move(body),
                    .headers = {{"Content-Type", std::move(type)}}};
    return answer(request, routes_, door_, [this] { return room_; });
  }

  Routes routes_;
  Door door_;
  bool room_ = true;
};

TEST_F(Answer, finds_the_page) {
  EXPECT_EQ(get("/").body, "home");
  EXPECT_EQ(get("/?x=1").body, "home");
  EXPECT_EQ(get("/message/a%2Fb").body, "a/b");
  EXPECT_EQ(get("/message/latest").body, "latest") << "the first that fits";
  EXPECT_EQ(get("/", "HEAD").status, 200);
}

TEST_F(Answer, says_what_is_wrong_with_a_request) {
  EXPECT_EQ(get("/nothing").status, 404);
  EXPECT_EQ(get("/message/").status, 404);
  EXPECT_EQ(get("/message/a/b").status, 404);
  EXPECT_EQ(get("/release").status, 405);
  EXPECT_EQ(get("/", "PUT").status, 405);
  EXPECT_EQ(get("/%zz").status, 400);
  EXPECT_EQ(get("/?a=%").status, 400);
  EXPECT_EQ(get("*").status, 400);
  EXPECT_EQ(post("/release", "a=%").status, 400);
}

TEST_F(Answer, says_which_requests_an_address_takes) {
  using Headers = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(get("/release").headers, (Headers{{"Allow", "POST"}}));
  EXPECT_EQ(get("/", "PUT").headers, (Headers{{"Allow", "GET, HEAD"}}));
}

TEST_F(Answer, keeps_strangers_out_without_telling_them_what_there_is) {
  door_.visitor = {};
  EXPECT_EQ(get("/").status, 401);
  EXPECT_EQ(get("/nothing").status, 401);
  EXPECT_EQ(post("/release", "id=1").status, 401);
  EXPECT_EQ(get("/healthz").body, "ok");
}

TEST_F(Answer, lets_a_viewer_change_nothing) {
  door_.visitor.role = Role::view;
  EXPECT_EQ(get("/").status, 200);
  EXPECT_EQ(post("/release", "id=1&form_token=secret").status, 403);
}

TEST_F(Answer, takes_no_form_without_its_token) {
  EXPECT_EQ(post("/release", "id=1&form_token=secret").body, "1");
  for (const char* const foreign :
       {"id=1", "id=1&form_token=", "id=1&form_token=secreT", "form_token=x&form_token=secret"})
    EXPECT_EQ(post("/release", foreign).status, 403) << foreign;
  EXPECT_EQ(post("/release", "form_token=secret", "text/plain").status, 403);
  door_.visitor.form_token.clear();
  EXPECT_EQ(post("/release", "id=1&form_token=").status, 403) << "a visitor without a token posts nothing";
}

TEST_F(Answer, takes_from_a_program_only_what_no_form_can_send) {
  const Visitor robot{.name = "robot", .role = Role::operate, .by_password = true};
  const Visitor on_loopback{.role = Role::operate};
  for (const Visitor& visitor : {robot, on_loopback}) {
    door_.visitor = visitor;
    EXPECT_EQ(post("/api/release", R"({"id": ["1", "2"], "to": "a"})", "application/json").body, "1 2 ");
    EXPECT_EQ(post("/api/release", "{}", "Application/JSON; charset=utf-8").body, "");
    EXPECT_EQ(post("/api/release", "{}", "text/plain").status, 403);
    EXPECT_EQ(post("/api/release", "id=1").status, 403);
    EXPECT_EQ(post("/release", "id=1").status, 403);
    EXPECT_EQ(post("/release", "{}", "application/json").status, 403) << "pages take forms";
  }
}

TEST_F(Answer, tells_a_program_that_asks_for_what_there_is_not) {
  routes_.page("/api/log", Role::view, [](const Request&) { return Response::json("{}"); }).fields = {
      "verdict", "q"};
  EXPECT_EQ(get("/api/log?verdict=reject&q=").status, 200);
  const Response unknown = get("/api/log?verdct=reject");
  EXPECT_EQ(unknown.status, 400);
  EXPECT_NE(unknown.body.find("did you mean verdict"), std::string::npos) << unknown.body;
  EXPECT_EQ(get("/api/log?verdict").status, 200);
}

TEST_F(Answer, refuses_pages_but_nothing_vital_when_there_is_no_room) {
  room_ = false;
  const Response busy = get("/");
  EXPECT_EQ(busy.status, 503);
  EXPECT_EQ(busy.headers, (std::vector<std::pair<std::string, std::string>>{{"Retry-After", "5"}}));
  EXPECT_EQ(get("/healthz").body, "ok");
}

TEST_F(Answer, keeps_what_went_wrong_to_the_log) {
  const Response failed = get("/fails");
  EXPECT_EQ(failed.status, 500);
  EXPECT_EQ(failed.body.find("disk"), std::string::npos);
}

TEST_F(Answer, tells_programs_in_json) {
  EXPECT_EQ(get("/api/nothing").body, "{\"error\":\"There is no such page.\"}\n");
}

TEST(Layout, shows_the_visitor_and_escapes_him) {
  const Request request{
      .visitor = {.name = "<erika>", .role = Role::view, .form_token = "t", .can_log_out = true}};
  const Response response = page(request, {.title = "A & B", .section = Section::log});
  EXPECT_NE(response.body.find("&lt;erika&gt; <span class='role'>view</span>"), std::string::npos);
  EXPECT_NE(response.body.find("<title>A &amp; B · Postern</title>"), std::string::npos);
  EXPECT_NE(response.body.find("<a href='/log' aria-current='page'>"), std::string::npos);
  EXPECT_NE(response.body.find("action='/logout'"), std::string::npos);
  EXPECT_EQ(page({}, {.title = "Log in"}).body.find("<nav"), std::string::npos)
      << "strangers get no navigation";
}

TEST(Assets, are_kept_for_good_under_their_version) {
  Routes routes;
  add_assets(routes);
  Door door;
  Request request{.method = "GET", .target = asset_url("postern.css").text()};
  const Response style = answer(request, routes, door, [] { return true; });
  EXPECT_EQ(style.content_type, "text/css; charset=utf-8");
  EXPECT_NE(style.body.find(":root"), std::string::npos);
  ASSERT_EQ(style.headers.size(), 1u);
  EXPECT_NE(style.headers[0].second.find("immutable"), std::string::npos);
  request.target = "/assets/postern.css?v=0";
  EXPECT_TRUE(answer(request, routes, door, [] { return true; }).headers.empty());
  request.target = "/assets/..%2Fserver.cpp";
  EXPECT_EQ(answer(request, routes, door, [] { return true; }).status, 404);
}

TEST(Response, names_a_file_harmlessly) {
  EXPECT_EQ(Response::download("a/\"b\r\n.eml", "message/rfc822", "").headers[0].second,
            "attachment; filename=\"a__b__.eml\"");
}

TEST(Csv, is_text_to_every_program) {
  EXPECT_EQ(csv_field("a,b"), "\"a,b\"");
  EXPECT_EQ(csv_field("say \"x\""), "\"say \"\"x\"\"\"");
  EXPECT_EQ(csv_field("=HYPERLINK(1)"), "'=HYPERLINK(1)");
  EXPECT_EQ(csv_field("\xef\xbc\x9dHYPERLINK(1)"), "'\xef\xbc\x9dHYPERLINK(1)") << "in full width";
  EXPECT_EQ(csv_field("\xef\xbc\x8b"
                      "1"),
            "'\xef\xbc\x8b"
            "1");
  EXPECT_EQ(csv_field("\xef\xbc\x8d"
                      "1"),
            "'\xef\xbc\x8d"
            "1");
  EXPECT_EQ(csv_field("\xef\xbc\xa0SUM"), "'\xef\xbc\xa0SUM");
  EXPECT_EQ(csv_field("a\xef\xbc\x9d"
                      "1"),
            "a\xef\xbc\x9d"
            "1");
  EXPECT_EQ(csv_field("a\r\nb\x1b"), "a\\x0d\\x0ab\\x1b");
}

}  // namespace
}  // namespace gateway::web
