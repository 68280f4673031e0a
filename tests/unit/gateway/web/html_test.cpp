// What stands in a page's markup is ours; all else is text.
#include "gateway/web/html.h"

#include <gtest/gtest.h>

#include "gateway/web/parts.h"
#include "tests/support/named.h"

namespace gateway::web {
namespace {

struct Case {
  std::string name;
  std::string text;
  std::string shown;
};
POSTERN_NAMED(Case)

class Escaping : public testing::TestWithParam<Case> {};

TEST_P(Escaping, holds_between_tags_and_in_attributes) {
  const auto& [name, text, shown] = GetParam();
  EXPECT_EQ(html("<b>{}</b>", text).markup(), "<b>" + shown + "</b>");
  EXPECT_EQ(html("<b title='{}'></b>", text).markup(), "<b title='" + shown + "'></b>");
}

INSTANTIATE_TEST_SUITE_P(
    Table, Escaping,
    testing::Values(Case{"markup", "<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"},
                    Case{"quotes", R"(" onload='x')", "&quot; onload=&#39;x&#39;"},
                    Case{"ampersand", "&lt;", "&amp;lt;"}, Case{"a placeholder", "{}", "{}"},
                    Case{"an escape sequence", "\x1b[31m", "\\x1b[31m"},
                    Case{"a NUL", std::string("a\0b", 3), "a\\x00b"},
                    Case{"a line end", "a\r\nb", "a\\x0d\\x0ab"}, Case{"DEL", "\x7f", "\\x7f"},
                    Case{"C1", "\xc2\x9b", "\\xc2\\x9b"},
                    Case{"a bidirectional override", "\xe2\x80\xae", "\\xe2\\x80\\xae"},
                    Case{"what is no UTF-8", "\xff<", "\\xff&lt;"},
                    Case{"other scripts", "Grüße 東京", "Grüße 東京"}, Case{"nothing", "", ""}));

TEST(Html, takes_numbers_addresses_and_html_as_they_are) {
  const Html inside = html("<i>{}</i>", "a<b");
  EXPECT_EQ(html("<p>{} {}</p>{}", 3, std::size_t{4}, inside).markup(), "<p>3 4</p><i>a&lt;b</i>");
  EXPECT_EQ(html("<a href='{}'></a>", Url("/log").with("q", "a&b='\"<").with("page", 2)).markup(),
            "<a href='/log?q=a%26b%3D%27%22%3C&amp;page=2'></a>");
}

TEST(Html, keeps_the_lines_of_a_text_and_nothing_else) {
  EXPECT_EQ(text_lines("a\tb\r\n<c>\n\x1b\rd").markup(), "a\tb\n&lt;c&gt;\n\\x1b\\x0dd");
}

TEST(Html, is_refused_where_it_could_go_wrong) {
  const auto fine = [](std::string_view text) {
    try {
      html_template::walk(text, [](html_template::Place) {});
    } catch (const char*) {
      return false;
    }
    return true;
  };
  EXPECT_TRUE(fine("<p class='a {}'>{}</p><a href='{}'>x</a><script src='{}' defer></script>"));
  for (const char* const bad :
       {"<p class={}>", "<p {}>", "<{}>", "<p style='{}'>", "<p onclick='x'>", "<a href='x{}'>",
        "<a href='{}x'>", "<script>{}</script>", "<style>p{}</style>", "<p class=x>", "{0}", "<p"})
    EXPECT_FALSE(fine(bad)) << bad;
}

TEST(Url, goes_nowhere_else) {
  EXPECT_EQ(Url("/message").below("../x?y#z").text(), "/message/..%2Fx%3Fy%23z");
  EXPECT_EQ(Url("/message").below("..").text(), "/message/%2E%2E");
  EXPECT_EQ(Url::local("/log?q=a%20b")->text(), "/log?q=a%20b");
  for (const char* const away : {"", "//evil.example", "/\\evil.example", "https://evil.example",
                                 "javascript:alert(1)", "/a\r\nSet-Cookie: x", "/\t/evil.example", "log"})
    EXPECT_FALSE(Url::local(away)) << away;
}

TEST(Parts, colour_only_words_of_ours) {
  EXPECT_EQ(badge("reject").markup(), "<span class='badge reject'>reject</span>");
  EXPECT_EQ(badge("x' y").markup(), "<span class='badge'>x&#39; y</span>");
  EXPECT_TRUE(badge("").empty());
}

}  // namespace
}  // namespace gateway::web
