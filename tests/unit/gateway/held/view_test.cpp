// A message as the person sees it who decides about it: nothing active, nothing hidden, everything bounded.
#include "gateway/held/view.h"

#include <gtest/gtest.h>

#include "gateway/held/html_text.h"
#include "tests/support/named.h"

namespace gateway::held {
namespace {

struct Page {
  const char* name;
  const char* html;
  const char* text;
};
POSTERN_NAMED(Page)

class Html : public testing::TestWithParam<Page> {};

TEST_P(Html, BecomesText) { EXPECT_EQ(html_text(GetParam().html, 1000).text, GetParam().text); }

INSTANTIATE_TEST_SUITE_P(
    Table, Html,
    testing::Values(
        Page{"tags are dropped", "a <b>bold</b> word", "a bold word"},
        Page{"blocks begin a line", "<p>one</p><p>two<br>three", "one\n\ntwo\nthree"},
        Page{"blanks are one", "  a \r\n\t b  ", "a b"},
        Page{"an entity", "1 &lt; 2 &amp;&#65;&#x42;", "1 < 2 &AB"},
        Page{"an entity that is none", "AT&T &unknown; &", "AT&T &unknown; &"},
        Page{"no entity is read twice", "&amp;lt;b&amp;gt;", "&lt;b&gt;"},
        Page{"script and style are no text", "a<script>alert('</b>')</script>b<STYLE>p{}</style >c", "abc"},
        Page{"a script without an end", "a<script>b", "a"}, Page{"a comment", "a<!-- <b> -- > -->b", "ab"},
        Page{"a comment without an end", "a<!-- b", "a"},
        Page{"where a link leads", "<a href='http://evil.example/?a=1&amp;b=2'>bank</a>!",
             "bank <http://evil.example/?a=1&b=2> !"},
        Page{"a link without an end", "<a href=x>y", "y <x>"},
        Page{"a picture's words", "<img src=\"http://spy.example/\" alt=\"a > b\">", "[picture: a > b]"},
        Page{"a tag without an end", "a<b title='", "a"}, Page{"no tag at all", "1 < 2, a<3", "1 < 2, a<3"},
        Page{"odd octets in a tag", "a<x\x01>b", "ab"}));

TEST(HtmlText, ItEndsAtItsBoundAndSaysSo) {
  const HtmlText text = html_text(std::string(5000, 'x'), 1000);
  EXPECT_EQ(text.text.size(), 1000u);
  EXPECT_TRUE(text.cut);
  EXPECT_FALSE(html_text("short", 1000).cut);
}

delivery::HeldMessage message(const std::string& octets) {
  delivery::HeldMessage held;
  const std::size_t end = octets.find("\r\n\r\n");
  held.parcel.header = octets.substr(0, end + 2);
  held.parcel.octets = std::make_shared<MemoryOctets>(octets);
  held.parcel.body_offset = end + 4;
  return held;
}

TEST(View, ShowsWhatIsHiddenAndDecodesWhatIsEncoded) {
  const View shown = view(message(
      "Subject: =?utf-8?q?a=1b[31m_=E2=80=AEb?=\r\n folded\r\nContent-Type: text/plain; charset=koi8-r\r\n"
      "Content-Transfer-Encoding: base64\r\n\r\n8NLJ18XUGwcK4Q==\r\n"));
  ASSERT_EQ(shown.fields.size(), 3u);
  EXPECT_EQ(shown.fields[0].value, "a\\x1b[31m \\xe2\\x80\\xaeb folded");
  EXPECT_EQ(shown.text, "Привет\\x1b\\x07\nА\n");
  EXPECT_EQ(shown.text_type, "text/plain");
}

TEST(View, PrefersPlainTextAndListsTheRest) {
  const View shown =
      view(message("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: "
                   "text/html\r\n\r\n<p>html\r\n--b\r\n"
                   "Content-Type: text/plain\r\nContent-Disposition: attachment; "
                   "filename=notes.txt\r\n\r\nattached\r\n--b\r\n"
                   "Content-Type: text/plain\r\n\r\nplain\r\n--b\r\nContent-Type: application/zip; "
                   "name=\"=?utf-8?q?a=E2=80=AEgpj.exe?=\"\r\nContent-Transfer-Encoding: "
                   "base64\r\n\r\nSGVsbG8=\r\n--b--\r\n"));
  EXPECT_EQ(shown.text, "plain\n");
  ASSERT_EQ(shown.attachments.size(), 3u);
  EXPECT_EQ(shown.attachments[0].type, "text/html");
  EXPECT_EQ(shown.attachments[1].name, "notes.txt");
  EXPECT_EQ(shown.attachments[2].name, "a\\xe2\\x80\\xaegpj.exe");
  EXPECT_EQ(shown.attachments[2].octets, 5u);
}

TEST(View, MakesTextOfHtmlWhereThereIsNoOther) {
  const View shown =
      view(message("Content-Type: text/html; charset=windows-1252\r\n\r\n<b>f\xfcr\x1b</b>\r\n"));
  EXPECT_EQ(shown.text_type, "text/html");
  EXPECT_EQ(shown.text, "für\\x1b\n");
}

TEST(View, WhatIsCutIsSaid) {
  std::string octets;
  for (int i = 0; i < 5; ++i) octets += "X-A: " + std::string(50, 'x') + "\r\n";
  octets += "\r\n" + std::string(500, 'y') + "\r\n" + std::string(500, 'z') + "\r\n";
  const View shown =
      view(message(octets), {.fields = 3, .field_octets = 10, .text_octets = 600, .line_octets = 100});
  EXPECT_EQ(shown.fields.size(), 3u);
  EXPECT_EQ(shown.fields[0].value, "xxxxxxxxxx…");
  EXPECT_EQ(shown.text.substr(0, 104), std::string(100, 'y') + "…\n");
  ASSERT_EQ(shown.remarks.size(), 2u);
  EXPECT_EQ(shown.remarks[0], "2 more header fields are not shown");
}

TEST(View, OfNothingIsEmpty) {
  const View shown = view(message("\r\n\r\n"));
  EXPECT_TRUE(shown.attachments.empty());
  EXPECT_EQ(shown.text, "\n");
}

}  // namespace
}  // namespace gateway::held
